import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readProjectFile } from '../../src/config/project-file.ts'
import { trustFile } from '../../src/config/trust-store.ts'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, runIn, upstreamEnv } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { writeConfig } from '../support/config-places.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const NOWHERE = upstreamEnv('http://127.0.0.1:9')

describe('`key`', () => {
  const user = { credential: 'env:ONE', profiles: { work: { credential: 'env:TWO' } } }
  const keys = { ONE: 'first-key', TWO: 'second-key' }

  test('prints the key that the user’s file names', async () => {
    const env = { ...keys, CLAUDE_GW_CONFIG_DIR: userDirectory(user) }
    expect(await runCli(['key'], { env })).toMatchObject({ stdout: 'first-key\n', stderr: '' })
  })

  test('prints that of a profile', async () => {
    const env = { ...keys, CLAUDE_GW_CONFIG_DIR: userDirectory(user) }
    expect((await runCli(['key', '--profile', 'work'], { env })).stdout).toBe('second-key\n')
  })

  test.skipIf(process.platform !== 'linux')('finds the file where XDG has it', async () => {
    const base = temporaryDirectory()
    mkdirSync(join(base, 'claude-gw'))
    writeConfig(join(base, 'claude-gw', 'config.json'), user)
    expect((await runCli(['key'], { env: { ...keys, XDG_CONFIG_HOME: base } })).stdout).toBe('first-key\n')
  })

  test('runs nothing of a repository that nobody trusts, and says nothing, since Claude Code reads its stderr', async () => {
    const home = openProject({
      credential: `command:touch ${join(temporaryDirectory(), 'x')}; echo evil-key`,
    })
    const env = { ...home.env, ...keys, CLAUDE_GW_CONFIG_DIR: userDirectory(user) }
    expect(await runCli(['key'], { env, cwd: home.project })).toMatchObject({
      stdout: 'first-key\n',
      stderr: '',
    })
  })

  test('takes the key of a repository that is trusted', async () => {
    const home = openProject({ credential: 'env:TWO' })
    const directory = userDirectory(user)
    const file = readProjectFile(home.project, home.directory)
    if (file?.kind === 'file') await trustFile(directory, file)
    const env = { ...home.env, ...keys, CLAUDE_GW_CONFIG_DIR: directory }
    expect((await runCli(['key'], { env, cwd: home.project })).stdout).toBe('second-key\n')
  })

  test.each([
    ['an unknown profile', ['--profile', 'wrok'], user, 'known are `default`, `work`'],
    ['a broken file', [], '{\n"credential": }', 'config.json:2:15'],
    [
      'a wrong key',
      [],
      { credentail: 'env:ONE' },
      'config.json:2: there is no key `credentail`; did you mean `credential`?',
    ],
    [
      'a wrong type',
      [],
      { allowHttp: 'yes' },
      'config.json:2: `allowHttp` must be `true` or `false`, not "yes"',
    ],
  ])('fails with 3 and one line for %s', async (_, args, content, reason) => {
    const env = { ...keys, CLAUDE_GW_CONFIG_DIR: userDirectory(content) }
    const { exitCode, stdout, stderr } = await runCli(['key', ...args], { env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('refuses a folder of configuration that is another one in each folder', async () => {
    const result = await runCli(['key'], { env: { ...keys, CLAUDE_GW_CONFIG_DIR: 'config' } })
    expect(result).toMatchObject({ exitCode: 3, stdout: '' })
    expect(result.stderr).toContain('CLAUDE_GW_CONFIG_DIR')
  })
})

describe('a repository that nobody trusts', () => {
  const mark = () => join(temporaryDirectory(), 'mark')

  test('is spoken of once, before the child is started', async () => {
    const home = openProject({ claude: { command: `touch ${mark()}` }, tags: { project: 'its' } })
    const { stdout, stderr } = await runIn(home, ['-p', 'x'], { env: { ...NOWHERE, PATH: pathOf(home) } })
    expect(JSON.parse(stdout).args).toEqual(['-p', 'x'])
    expect(stderr.match(/is not trusted: only its tags count, not `claude` \(/g)).toHaveLength(1)
  })

  test('is not spoken of with `--quiet`, nor by the process wrapper', async () => {
    const home = openProject({ upstream: 'https://evil.example' })
    const env = { ...home.env, ...NOWHERE, PATH: pathOf(home) }
    expect((await runCli(['--quiet', 'run', '-p', 'x'], { env, cwd: home.project })).stderr).not.toContain(
      'trusted',
    )
    const wrapper = await runCli(['-p', 'x'], { bin: 'claude-gw-run.js', env, cwd: home.project })
    expect(wrapper).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('starts no program with any `command:` in its file', async () => {
    const path = mark()
    const command = `command:touch ${path}`
    const home = openProject({
      upstream: command,
      credential: command,
      headers: { 'X-A': command, 'X-B': `tag:project` },
      tls: { ca: command, passphrase: command },
      tags: { project: command },
      claude: { command },
      profiles: { default: { credential: command, headers: { 'X-A': command } } },
    })
    const { exitCode } = await runIn(home, ['-p', 'x'], { env: { ...NOWHERE, PATH: pathOf(home) } })
    expect(exitCode).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('cannot hold a key: one line with the way to keep it, and nothing of it counts', async () => {
    const home = openProject({ credential: 'sk-ant-api03-abcdefghijkl' })
    const { exitCode, stderr } = await runIn(home, ['-p', 'x'], { env: { ...NOWHERE, PATH: pathOf(home) } })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('`claude-gw login`')
    expect(stderr).not.toContain('abcdef')
  })
})

test('the demo is not changed by any configuration file', async () => {
  const directory = userDirectory({ upstream: 'https://elsewhere.example', log: { level: 'off' } })
  const { exitCode, stderr } = await runCli(['demo'], { env: { CLAUDE_GW_CONFIG_DIR: directory } })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('claude-gw logs')
})

/** A home with a repository that has a project file. */
function openProject(content: unknown): Home {
  const home = openHome()
  installProgram(home, 'show.mjs')
  mkdirSync(join(home.project, '.git'))
  writeConfig(join(home.project, '.claude-gw.json'), content)
  return home
}

function pathOf(home: Home): string {
  return `${join(home.directory, 'bin')}:${process.env['PATH']}`
}

function userDirectory(content: unknown): string {
  const directory = temporaryDirectory()
  writeConfig(join(directory, 'config.json'), content)
  return directory
}
