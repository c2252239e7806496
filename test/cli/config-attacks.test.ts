import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { configDirectory } from '../../src/config/paths.ts'
import { readProjectFile } from '../../src/config/project-file.ts'
import { CONFIG_KEYS } from '../../src/config/schema.ts'
import { trustFile } from '../../src/config/trust-store.ts'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, runIn } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { configIn, initRepository, projectFile, userFile, valueIn, writeFile } from '../support/configured.ts'

const GOOD = 'https://good.example'
const EVIL = 'https://evil.example'

describe('a file is that of its own repository', () => {
  test('it counts in the folders below, up to the root', async () => {
    const home = await openTrusted()
    expect(await valueIn(home, 'upstream', { cwd: folderIn(home, 'a/b') })).toBe(GOOD)
  })

  test('a nested repository does not get what is trusted around it', async () => {
    const home = await openTrusted()
    const nested = join(home.project, 'vendor')
    initRepository(nested)
    expect(await valueIn(home, 'upstream', { cwd: nested })).toBe('')
  })

  test('the file of a nested repository is not trusted because the one around it is', async () => {
    const home = await openTrusted()
    const nested = join(home.project, 'vendor')
    initRepository(nested)
    writeFile(join(nested, '.claude-gw.json'), { upstream: EVIL })
    expect(await valueIn(home, 'upstream', { cwd: nested })).toBe('')
  })

  test('the file of a folder hides the trusted one above, and is not trusted itself', async () => {
    const home = await openTrusted()
    const folder = folderIn(home, 'packages')
    writeFile(join(folder, '.claude-gw.json'), { upstream: EVIL })
    expect(await valueIn(home, 'upstream', { cwd: folder })).toBe('')
  })

  test('a worktree of a branch has a file of its own', async () => {
    const home = await openTrusted()
    const worktree = join(home.directory, 'worktree')
    git(home, 'commit', '--quiet', '--allow-empty', '-m', 'first')
    git(home, 'worktree', 'add', '--quiet', worktree)
    writeFile(join(worktree, '.claude-gw.json'), { upstream: EVIL })
    expect(await valueIn(home, 'upstream', { cwd: worktree })).toBe('')
    expect(await valueIn(home, 'upstream')).toBe(GOOD)
  })

  test('a copy of a trusted file is not trusted elsewhere', async () => {
    const home = await openTrusted()
    const other = join(home.directory, 'other')
    initRepository(other)
    copyFileSync(projectFile(home), join(other, '.claude-gw.json'))
    expect(await valueIn(home, 'upstream', { cwd: other })).toBe('')
  })

  test('outside a repository a file above says nothing', async () => {
    const home = openHome()
    writeFile(projectFile(home), { tags: { project: 'evil' } })
    expect(await valueIn(home, 'tags.project', { cwd: folderIn(home, 'a') })).toBe('')
  })

  test.each(['outside a repository', 'as a repository'])(
    'one in the home folder says nothing: %s',
    async (kind) => {
      const home = openHome()
      if (kind === 'as a repository') initRepository(home.directory)
      writeFile(join(home.directory, '.claude-gw.json'), { tags: { project: 'evil' } })
      for (const cwd of [home.directory, home.project])
        expect(await valueIn(home, 'tags.project', { cwd })).toBe('')
    },
  )
})

describe('links', () => {
  test('one to a file of the repository is that file', async () => {
    const home = openRepository()
    const target = writeFile(join(home.project, 'config', 'gw.json'), { upstream: GOOD })
    symlinkSync(target, projectFile(home))
    await configIn(home, ['trust', '--yes'])
    expect(await valueIn(home, 'upstream')).toBe(GOOD)
  })

  test('one that leads out of the repository is not followed, and nothing of its target is shown', async () => {
    const home = openRepository()
    symlinkSync(writeFile(join(home.directory, 'secret'), 'canary-5f3a'), projectFile(home))
    const { stdout, stderr } = await configIn(home, ['list', '--origin'])
    expect(stderr).toContain(
      `${projectFile(home)} does not count: it is a link that leads out of the repository`,
    )
    expect(stdout + stderr).not.toContain('canary')
    expect((await configIn(home, ['trust', '--yes'])).exitCode).toBe(3)
  })

  test('one that is turned to another file after it was trusted is not trusted', async () => {
    const home = openRepository()
    symlinkSync(writeFile(join(home.project, 'good.json'), { upstream: GOOD }), projectFile(home))
    await configIn(home, ['trust', '--yes'])
    const next = join(home.project, 'next')
    symlinkSync(writeFile(join(home.project, 'evil.json'), { upstream: EVIL }), next)
    renameSync(next, projectFile(home))
    expect(await valueIn(home, 'upstream')).toBe('')
  })

  test('a folder that is a link does not lend its repository', async () => {
    const home = await openTrusted()
    const other = join(home.directory, 'other')
    initRepository(other)
    symlinkSync(home.project, join(other, 'linked'))
    expect(await valueIn(home, 'upstream', { cwd: other })).toBe('')
  })
})

test('while a file is exchanged again and again, never the value of the other one counts', async () => {
  const home = await openTrusted()
  swapForEver(home, { upstream: EVIL })
  const seen = new Set<string>()
  for (let round = 0; round < 25; round++) seen.add(await valueIn(home, 'upstream'))
  expect([...seen].filter((value) => value !== GOOD && value !== '')).toEqual([])
})

describe('a command in an untrusted file is not run', () => {
  test('wherever a string may stand', async () => {
    const home = openRepository()
    const marker = join(home.directory, 'marker')
    const command = `command:touch ${marker}; echo key`
    const everywhere = everyKey(command)
    writeFile(projectFile(home), { ...everywhere, profiles: { default: everywhere, [command]: {} } })
    await startEverything(home)
    expect(existsSync(marker)).toBe(false)
  })

  test('in a tag that a header of the user carries', async () => {
    const home = openRepository()
    const marker = join(home.directory, 'marker')
    writeFile(projectFile(home), { tags: { project: `command:touch ${marker}`, 'X-Key': 'keychain:team' } })
    writeFile(userFile(home), { headers: { 'X-Project': 'tag:project' } })
    await startEverything(home)
    expect(existsSync(marker)).toBe(false)
  })
})

test.each([
  ['__proto__ at the top', '{"__proto__": {"upstream": "https://evil.example"}}'],
  ['constructor at the top', '{"constructor": {"prototype": {"upstream": "https://evil.example"}}}'],
  ['__proto__ of a section', '{"tls": {"__proto__": {"ca": "/evil"}}}'],
  ['a profile __proto__', '{"profiles": {"__proto__": {"upstream": "https://evil.example"}}}'],
  ['a header __proto__', '{"headers": {"__proto__": "evil"}}'],
])('%s is refused where it is to be trusted, and says nothing before', async (_case, text) => {
  const home = openRepository()
  writeFile(projectFile(home), text)
  expect(await valueIn(home, 'upstream')).toBe('')
  const { stderr, exitCode } = await configIn(home, ['trust', '--yes'])
  expect(stderr).toMatch(/there is no key|must be/)
  expect(exitCode).toBe(3)
})

test('names that every object has are entries like others', async () => {
  const home = openRepository()
  writeFile(projectFile(home), '{"tags": {"constructor": "a", "toString": "b", "hasOwnProperty": "c"}}')
  const tags = { constructor: 'a', toString: 'b', hasOwnProperty: 'c' }
  expect(JSON.parse(await valueIn(home, 'tags'))).toEqual(tags)
})

test.each([
  ['more than 1 MB', `{"tags": {"a": "${'x'.repeat(1024 ** 2)}"}}`, 'it is larger than 1 MB'],
  ['100000 arrays in each other', `{"tags": ${'['.repeat(100_000)}`, 'levels'],
  ['100000 objects in each other', '{"a":'.repeat(100_000), 'levels'],
  ['a name that stands twice', '{"tags": {"a": "b"}, "tags": {"a": "c"}}', 'for the second time'],
  ['no JSON', 'upstream: canary-5f3a', '.claude-gw.json:1:1: '],
  ['no object', '["canary-5f3a"]', 'it is no JSON object'],
  ['tags that are none', '{"tags": {"a": {"b": "canary-5f3a"}}}', '`tags` must be'],
  ['a tag __proto__', '{"tags": {"__proto__": "evil"}}', '`tags` must be'],
  ['very many tags', JSON.stringify({ tags: everyTag(1000) }), '`tags` must be'],
  ['a very long tag', JSON.stringify({ tags: { a: 'b'.repeat(300) } }), '`tags` must be'],
])(
  '%s is one line that names the file, repeats nothing of it, and stops no command',
  async (_case, text, message) => {
    const home = openRepository()
    writeFile(projectFile(home), text)
    const { stderr, exitCode } = await configIn(home, ['list'])
    expect(stderr).toContain(projectFile(home))
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('canary')
    expect(stderr.length).toBeLessThan(1000)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(exitCode).toBe(0)
    const trust = await configIn(home, ['trust', '--yes'])
    expect(trust.stderr).toContain(message)
    expect(trust.exitCode).toBe(3)
  },
)

test.each(['no JSON', '{"tags": 1}', '{"upstreem": "https://evil.example"}', '{"allowHttp": "yes"}'])(
  '`key` prints the credential and nothing else beside a file with %j',
  async (text) => {
    const home = openRepository()
    writeFile(projectFile(home), text)
    const env = { ...home.env, CLAUDE_GW_CREDENTIAL: 'env:K', K: 'the-key' }
    const { stdout, stderr, exitCode } = await runCli(['key'], { env, cwd: home.project })
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'the-key\n', stderr: '', exitCode: 0 })
  },
)

test.each(['no JSON', '{"upstreem": "https://evil.example"}'])(
  'a file with %j stops every command where it was trusted so',
  async (text) => {
    const home = openRepository()
    writeFile(projectFile(home), text)
    const file = readProjectFile(home.project, home.directory)
    if (file?.kind !== 'file') throw new Error('there is none')
    await trustFile(configDirectory(home.env, home.directory, process.platform), file)
    for (const args of [['config', 'list'], ['key']]) {
      const { stdout, stderr, exitCode } = await runCli(args, { env: home.env, cwd: home.project })
      expect(stderr).toContain(`${projectFile(home)}:1`)
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 })
    }
  },
)

test('a FIFO in place of the file is not waited for', async () => {
  const home = openRepository()
  execFileSync('mkfifo', [projectFile(home)])
  const { stderr, exitCode } = await configIn(home, ['list'])
  expect(stderr).toContain('does not count: it is no regular file')
  expect(exitCode).toBe(0)
})

test.each([
  ['credential', { credential: 'sk-ant-api03-canary-5f3a' }],
  ['a header', { headers: { 'x-api-key': 'canary-5f3a' } }],
  ['a profile', { profiles: { work: { credential: 'canary-5f3a' } } }],
  ['a tag', { tags: { project: 'sk-ant-api03-canary-5f3a' } }],
  ['a key of another tool', { apiKeyRef: 'sk-ant-api03-canary-5f3a' }],
])(
  'a secret in the file is told before it is trusted, with the command that keeps it, and refused then: %s',
  async (_case, document) => {
    const home = openRepository()
    writeFile(projectFile(home), document)
    const { stdout, stderr, exitCode } = await configIn(home, ['list'])
    expect(stderr).toContain(`${projectFile(home)}:`)
    expect(stderr).toMatch(/claude-gw (--credential keychain:NAME )?login/)
    expect(stdout + stderr).not.toContain('canary')
    expect(exitCode).toBe(0)
    const trust = await configIn(home, ['trust', '--yes'])
    expect(trust.stderr).toMatch(/claude-gw (--credential keychain:NAME )?login/)
    expect(trust.stderr).not.toContain('canary')
    expect(trust.exitCode).toBe(3)
  },
)

test('names in the file cannot move the cursor', async () => {
  const home = openRepository()
  writeFile(projectFile(home), { '\x1b[2J': 1, 'a\nclaude-gw: b': 2, upstream: EVIL })
  const { stderr } = await configIn(home, ['list'])
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).not.toContain('\x1b')
})

describe('a program that the repository has laid out is not started', () => {
  test.each(['.', 'bin', ''])('where PATH begins with %j', async (entry) => {
    const home = openRepository()
    const marker = join(home.directory, 'marker')
    for (const name of ['claude', 'vault', 'bin/claude', 'bin/vault'])
      writeFile(join(home.project, name), `#!/bin/sh\ntouch ${marker}\necho key\n`)
    execFileSync('chmod', ['-R', '+x', home.project])
    const PATH = [entry, '/usr/bin', '/bin'].join(':')
    const env = { ...home.env, PATH, CLAUDE_GW_CREDENTIAL: 'vault:kv/claude#key' }
    for (const args of [['key'], ['run', '-p', 'hi']])
      expect((await runCli(args, { env, cwd: home.project })).exitCode).not.toBe(0)
    expect(existsSync(marker)).toBe(false)
  })

  test.each([
    ['CLAUDE_GW_CLAUDE_COMMAND', './claude', 'claude.command'],
    ['CLAUDE_GW_TLS_CA', 'ca.pem', 'tls.ca'],
  ])('where %s is relative: %s', async (variable, value, key) => {
    const home = openRepository()
    const { stderr, exitCode } = await configIn(home, ['list'], { env: { [variable]: value } })
    expect(stderr).toContain(`${variable}: \`${key}\` must be `)
    expect(stderr).toContain(`one that begins with \`~/\`, not "${value}"`)
    expect(exitCode).toBe(3)
    const set = await configIn(home, ['set', key, value])
    expect(set.stderr).toContain('one that begins with `~/`')
    expect(set.exitCode).toBe(3)
  })
})

test.each(['.env', '.env.local'])('%s is not loaded', async (name) => {
  const home = openRepository()
  writeFile(join(home.project, name), `CLAUDE_GW_UPSTREAM=${EVIL}\nANTHROPIC_BASE_URL=${EVIL}\n`)
  expect(await valueIn(home, 'upstream')).toBe('')
})

function openRepository(): Home {
  const home = openHome()
  initRepository(home.project)
  return home
}

/** A repository whose file is trusted. */
async function openTrusted(): Promise<Home> {
  const home = openRepository()
  writeFile(projectFile(home), { upstream: GOOD })
  await configIn(home, ['trust', '--yes'])
  return home
}

function folderIn({ project }: Home, name: string): string {
  const folder = join(project, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

function git({ project, env }: Home, ...args: readonly string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.example']
  execFileSync('git', [...identity, ...args], { cwd: project, env: { PATH: process.env['PATH'], ...env } })
}

/** Puts two files in place of the project file in turn, each whole. */
function swapForEver(home: Home, other: unknown): void {
  const [good, evil] = [join(home.directory, 'good'), join(home.directory, 'evil')]
  copyFileSync(projectFile(home), good)
  writeFile(evil, other)
  const script = `
    const { copyFileSync, renameSync } = require('node:fs')
    const [target, ...sources] = process.argv.slice(1)
    for (;;) for (const source of sources) {
      copyFileSync(source, target + '.next')
      renameSync(target + '.next', target)
    }`
  const child = spawn(process.execPath, ['-e', script, projectFile(home), good, evil], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
}

/** A document with a text in the place of every value. */
function everyKey(text: string): Record<string, unknown> {
  const document: Record<string, Record<string, unknown> | string> = {}
  for (const key of CONFIG_KEYS) {
    const [section, ...rest] = key.split('.')
    if (section === undefined || rest.length === 0) document[key] = key === 'headers' ? { 'X-A': text } : text
    else document[section] = { ...(document[section] as Record<string, unknown>), [rest.join('.')]: text }
  }
  return { ...document, tags: { project: text } }
}

function everyTag(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'a']))
}

/** Every command that takes the configuration of a folder, one after the other. */
async function startEverything(home: Home): Promise<void> {
  const command = installProgram(home, 'show.mjs')
  const env = { ...home.env, CLAUDE_GW_CLAUDE_COMMAND: command }
  const ran = await runIn(home, ['-p', 'hi'], { env })
  if (ran.exitCode !== 0) throw new Error(ran.stderr)
  for (const args of [['key'], ['config', 'list'], ['config', 'get', 'credential'], ['logs']])
    await runCli(args, { env, cwd: dirname(projectFile(home)) })
}
