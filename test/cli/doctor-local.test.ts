import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readProjectFile } from '../../src/config/project-file.ts'
import { trustFile } from '../../src/config/trust-store.ts'
import { CHECK_IDS } from '../../src/doctor/check-ids.ts'
import { runCli } from '../support/cli.ts'
import { configIn, initRepository, projectFile, userFile, writeFile } from '../support/configured.ts'
import {
  examineMachine,
  installClaude,
  mountsUnavailable,
  openHomeWithClaude,
} from '../support/local-examination.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

const LOCAL = [
  ...['node', 'config', 'policies', 'trust', 'claude', 'shims', 'settings', 'managed', 'nesting'],
  ...['state', 'disk', 'log', 'proxy', 'certificates', 'keychain', 'key', 'login'],
]

test.each(LOCAL)('the README has the row of %s', (id) => {
  expect(README).toContain(`\n| \`${id}\` | `)
})

describe('of a fresh home', () => {
  test('only the missing login is a warning', async () => {
    const { checks, exitCode, of } = await examineMachine(openHomeWithClaude())
    const local = checks.filter(({ isLocal }) => isLocal)
    expect(local.map(({ id }) => id)).toEqual(LOCAL)
    expect(local.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail')).toEqual([of('login')])
    expect(exitCode).toBe(0)
  })

  test('the table of ids has those of all checks, in their order', async () => {
    const { checks } = await examineMachine(openHomeWithClaude())
    expect(checks.map(({ id }) => id).filter((id) => !id.includes(' '))).toEqual(CHECK_IDS)
  })

  test('local checks come first, and nothing is written', async () => {
    const home = openHomeWithClaude()
    const { checks } = await examineMachine(home)
    expect(checks.findLastIndex(({ isLocal }) => isLocal)).toBe(LOCAL.length - 1)
    expect(readdirSync(home.directory).sort()).toEqual(['.claude', 'programs', 'project'])
  })
})

describe('node', () => {
  test('is told with its path', async () => {
    expect((await examineMachine(openHomeWithClaude())).of('node')).toMatchObject({
      verdict: 'ok',
      evidence: `${process.version}, ${process.execPath}`,
    })
  })

  test('that loads other code is warned of, without naming it', async () => {
    const home = openHomeWithClaude()
    const script = writeFile(join(home.directory, 'canary-preload.cjs'), '')
    const { of, printed } = await examineMachine(home, { env: { NODE_OPTIONS: `--require ${script}` } })
    expect(of('node')).toMatchObject({ verdict: 'warn', evidence: expect.stringContaining('--require') })
    expect(printed).not.toContain('canary-preload')
  })
})

describe('config', () => {
  test('tells where it stands', async () => {
    const home = openHomeWithClaude()
    writeFile(userFile(home), { upstream: 'https://gateway.example/claude' })
    const { of } = await examineMachine(home, { env: { CLAUDE_GW_LOG_LEVEL: 'full' } })
    expect(of('config')).toMatchObject({ verdict: 'ok' })
    expect(of('config').evidence).toBe(
      `profile default, https://gateway.example/claude; set in ${userFile(home)}, CLAUDE_GW_LOG_LEVEL`,
    )
  })

  test('that cannot be read fails with file, line and key, and all else is still looked at', async () => {
    const home = openHomeWithClaude()
    writeFile(userFile(home), { upstraem: 'https://gateway.example' })
    const { of, checks, exitCode } = await examineMachine(home, { args: [] })
    expect(of('config')).toMatchObject({ verdict: 'fail' })
    expect(of('config').evidence).toContain(`${userFile(home)}:2: there is no key \`upstraem\``)
    expect(of('claude').verdict).toBe('ok')
    expect(of('state').verdict).toBe('ok')
    const asking = checks.filter(({ isLocal }) => !isLocal)
    expect(asking.length).toBeGreaterThan(10)
    expect(asking.filter(({ verdict }) => verdict !== 'skipped')).toEqual([])
    expect(of('reach').evidence).toBe('the configuration cannot be used, see `config`')
    expect(exitCode).toBe(1)
  })

  test('names variables that mean nothing', async () => {
    const { of } = await examineMachine(openHomeWithClaude(), { env: { CLAUDE_GW_UPSTRAEM: 'canary' } })
    expect(of('config')).toMatchObject({ verdict: 'fail', remedy: 'unset CLAUDE_GW_UPSTRAEM' })
    expect(of('config').evidence).toContain('did you mean `CLAUDE_GW_UPSTREAM`?')
    expect(of('config').evidence).not.toContain('canary')
  })

  test.skipIf(mountsUnavailable)('of a machine whose file anybody can write is a warning', async () => {
    const home = openHomeWithClaude()
    const etc = join(home.directory, 'etc')
    chmodSync(writeFile(join(etc, 'claude-gw', 'config.json'), { allowHttp: true }), 0o666)
    const { of } = await examineMachine(home, { mounts: `mount --bind '${etc}' /etc` })
    expect(of('config')).toMatchObject({ verdict: 'warn' })
    expect(of('config').evidence).toContain('/etc/claude-gw/config.json')
  })

  test('an upstream that is no URL fails, whoever names it', async () => {
    const { of } = await examineMachine(openHomeWithClaude(), {
      env: { ANTHROPIC_BASE_URL: 'gateway.example' },
    })
    expect(of('config')).toMatchObject({ verdict: 'fail' })
    expect(of('config').evidence).toContain('ANTHROPIC_BASE_URL')
  })
})

describe('policies', () => {
  test('that are on are named, and leave nothing behind', async () => {
    const home = openHomeWithClaude()
    writeFile(userFile(home), { policies: { mask: { detect: ['all'] }, patterns: { staff: 'EMP-\\d+' } } })
    const { of } = await examineMachine(home)
    expect(of('policies')).toMatchObject({
      verdict: 'ok',
      evidence: 'set: policies.patterns.staff, policies.mask.detect',
    })
    expect(existsSync(join(home.state, 'mask.key'))).toBe(false)
  })

  test.each([
    ['MASK_DETECT', '["emial"]', 'policies.mask.detect', /not "emial"/],
    ['ANSWER_DETECT', '["emial"]', 'policies.answer.detect', /not "emial"/],
    ['GUARD_DENY', '["("]', 'policies.guard.deny', /`\(` is not closed/],
    ['PATTERNS', '{"p":"(a"}', 'policies.patterns.p', /`\(` is not closed/],
  ])('that a run would not start with fail: %s', async (name, value, key, reason) => {
    const env = { [`CLAUDE_GW_POLICIES_${name}`]: value }
    const { of, exitCode } = await examineMachine(openHomeWithClaude(), { env, args: ['--only', 'policies'] })
    expect(of('policies')).toMatchObject({ verdict: 'fail' })
    expect(of('policies').evidence).toContain(`CLAUDE_GW_POLICIES_${name}: \`${key}\``)
    expect(of('policies').evidence).toMatch(reason)
    expect(exitCode).toBe(1)
  })

  test.each([
    ['PRICES', '/nope.json', /cannot read \/nope\.json/],
    ['LOG_REDACT', '["("]', /CLAUDE_GW_LOG_REDACT: `log\.redact`/],
  ])('so do prices and what is to be redacted: %s', async (name, value, reason) => {
    const { of } = await examineMachine(openHomeWithClaude(), { env: { [`CLAUDE_GW_${name}`]: value } })
    expect(of('policies')).toMatchObject({ verdict: 'fail' })
    expect(of('policies').evidence).toMatch(reason)
  })
})

describe('trust', () => {
  test('of a file that is not trusted is missing, until it is given', async () => {
    const home = openHomeWithClaude()
    initRepository(home.project)
    writeFile(projectFile(home), { upstream: 'https://gateway.example' })
    const before = await examineMachine(home)
    expect(before.of('trust')).toMatchObject({ verdict: 'warn' })
    expect(before.of('trust').evidence).toContain(`${projectFile(home)} is not trusted`)
    expect(before.of('trust').remedy).toContain('claude-gw config trust')
    await configIn(home, ['trust', '--yes'])
    expect((await examineMachine(home)).of('trust')).toMatchObject({ verdict: 'ok' })
  })

  test('of a file that has changed since is missing', async () => {
    const home = openHomeWithClaude()
    initRepository(home.project)
    writeFile(projectFile(home), { upstream: 'https://gateway.example' })
    await configIn(home, ['trust', '--yes'])
    writeFile(projectFile(home), { upstream: 'https://other.example' })
    expect((await examineMachine(home)).of('trust').evidence).toContain('has changed since you trusted it')
  })
})

describe('a file that is trusted and wrong', () => {
  test('fails, and is told with its line', async () => {
    const home = openHomeWithClaude()
    initRepository(home.project)
    writeFile(projectFile(home), { upstraem: 'https://gateway.example' })
    const file = readProjectFile(home.project, home.directory)
    if (file?.kind !== 'file') throw new Error('there is no project file')
    await trustFile(dirname(userFile(home)), file)
    const { of } = await examineMachine(home)
    expect(of('trust')).toMatchObject({ verdict: 'fail' })
    expect(of('trust').evidence).toContain(`${projectFile(home)}:2: there is no key \`upstraem\``)
  })
})

describe('claude', () => {
  test('that is there tells its version', async () => {
    const home = openHomeWithClaude()
    expect((await examineMachine(home)).of('claude')).toMatchObject({
      verdict: 'ok',
      evidence: `2.1.329, ${join(home.bin, 'claude')}`,
    })
  })

  test.each([
    ['is too old', "echo '2.0.99 (Claude Code)'", 'warn', 'claude update'],
    ['is something else', "echo 'Claude desktop'", 'warn', '--version'],
    ['breaks off', 'exit 7', 'fail', '--version'],
    ['does not end', '/bin/sleep 60; true', 'fail', '--version'],
  ])('that %s', async (_case, line, verdict, remedy) => {
    const home = openHomeWithClaude()
    installClaude(home.bin, line)
    const { of } = await examineMachine(home)
    expect(of('claude')).toMatchObject({ verdict, remedy: expect.stringContaining(remedy) })
  })

  test('that is nowhere is a warning, and a failure where it is named', async () => {
    const home = openHomeWithClaude()
    const PATH = home.project
    expect((await examineMachine(home, { env: { PATH } })).of('claude').verdict).toBe('warn')
    const named = await examineMachine(home, { env: { PATH, CLAUDE_GW_CLAUDE_COMMAND: '/nowhere/claude' } })
    expect(named.of('claude')).toMatchObject({
      verdict: 'fail',
      remedy: expect.stringContaining('npm install'),
    })
  })

  test('gets no key of the upstream', async () => {
    const home = openHomeWithClaude()
    installClaude(home.bin, `echo "2.1.329 (Claude Code)"; set > "$HOME/seen"`)
    const env = { CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: 'canary-key', OTHER: 'other' }
    expect((await examineMachine(home, { env })).of('claude').verdict).toBe('ok')
    const seen = readFileSync(join(home.directory, 'seen'), 'utf8')
    expect(seen).toContain('other')
    expect(seen).not.toContain('canary-key')
  })
})

describe('shims', () => {
  test('two programs are a warning, which names the first first', async () => {
    const home = openHomeWithClaude()
    const other = installClaude(join(home.directory, 'others'))
    const { of } = await examineMachine(home, {
      env: { PATH: `${home.bin}:${join(home.directory, 'others')}` },
    })
    expect(of('shims')).toMatchObject({ verdict: 'warn', remedy: expect.stringContaining('claude.command') })
    expect(of('shims').evidence).toContain(`${join(home.bin, 'claude')} (a script), then ${other} (a script)`)
  })

  test('a wrapper of ours and links to one program are none too many', async () => {
    const home = openHomeWithClaude()
    const [wrappers, links] = ['wrappers', 'links'].map((name) => join(home.directory, name))
    installClaude(wrappers as string, 'exec claude-gw run "$@"')
    mkdirSync(links as string)
    symlinkSync(join(home.bin, 'claude'), join(links as string, 'claude'))
    const { of } = await examineMachine(home, { env: { PATH: `${wrappers}:${home.bin}:${links}` } })
    expect(of('shims')).toMatchObject({ verdict: 'ok' })
    expect(of('shims').evidence).toContain('(starts claude-gw), then')
    expect(of('claude').verdict).toBe('ok')
  })
})

test.skipIf(ptyUnavailable)('at a terminal, a check that takes long is named while it runs', async () => {
  const home = openHomeWithClaude()
  installClaude(home.bin, "/bin/sleep 1; echo '2.1.329 (Claude Code)'")
  const args = [join(import.meta.dirname, '../../bin/claude-gw.js'), 'doctor', '--only', 'claude']
  const pty = new Pty({ command: process.execPath, args, env: home.env, cwd: home.project })
  const shown = await pty.waitFor(/… whether Claude Code is found and runs/)
  await pty.waitFor(/\[K.*ok.*2\.1\.329/s, shown)
  expect(await pty.exitCode()).toBe(0)
})

describe('--only', () => {
  test('runs what it names', async () => {
    const { checks } = await examineMachine(openHomeWithClaude(), { args: ['--only', 'state,node'] })
    expect(checks.map(({ id }) => id)).toEqual(['node', 'state'])
  })

  test('refuses what there is not', async () => {
    const result = await runCli(['doctor', '--only', 'nodes'])
    expect(result).toMatchObject({ exitCode: 2, stdout: '' })
    expect(result.stderr).toContain('there is no check `nodes`; there are node, config')
  })
})
