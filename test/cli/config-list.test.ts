import { resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { openHome } from '../support/claude-run.ts'
import {
  configIn,
  configOnMachine,
  machineFileUnavailable,
  projectFile,
  userFile,
  writeFile,
} from '../support/configured.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'

const BIN = resolve(import.meta.dirname, '../../bin/claude-gw.js')
const MACHINE_FILE = '/etc/claude-gw/config.json'
const MACHINE = {
  upstream: 'https://machine.example',
  profiles: { work: { upstream: 'https://machine-work.example' } },
  enforced: { proxy: 'off' },
}

describe.skipIf(machineFileUnavailable)(
  `with every layer${machineFileUnavailable ? `: ${machineFileUnavailable}` : ''}`,
  () => {
    test('--origin shows what counts, where it stands, and what it shadows, from highest to lowest', async () => {
      const home = await openLayered()
      const { stdout, stderr, exitCode } = await list(home, ['--origin'])
      expect(linesFrom(stdout, 'upstream', 8)).toEqual([
        'upstream https://flag.example --upstream',
        'shadows https://variable.example CLAUDE_GW_UPSTREAM',
        `shadows https://project.example ${projectFile(home)}:2`,
        `shadows https://user-work.example ${userFile(home)}:5`,
        `shadows https://user.example ${userFile(home)}:2`,
        `shadows https://machine-work.example ${MACHINE_FILE}:5`,
        `shadows https://machine.example ${MACHINE_FILE}:2`,
        'credential auto default',
      ])
      expect(linesFrom(stdout, 'proxy', 2)).toEqual([
        `proxy off ${MACHINE_FILE}:9 (enforced)`,
        `shadows http://proxy.example:3128 ${userFile(home)}:8`,
      ])
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    })

    test('--json says the same to programs', async () => {
      const home = await openLayered()
      const entries = JSON.parse((await list(home, ['--json'])).stdout)
      const [upstream, proxy] = ['upstream', 'proxy'].map((name) =>
        entries.find((entry: { key: string }) => entry.key === name),
      )
      expect(upstream).toMatchObject({ value: 'https://flag.example', origin: '--upstream' })
      expect(upstream.shadowed.map(({ value }: { value: string }) => value)).toEqual([
        'https://variable.example',
        'https://project.example',
        'https://user-work.example',
        'https://user.example',
        'https://machine-work.example',
        'https://machine.example',
      ])
      expect(upstream).not.toHaveProperty('enforced')
      expect(proxy).toEqual({
        key: 'proxy',
        value: 'off',
        origin: `${MACHINE_FILE}:9`,
        shadowed: [{ origin: `${userFile(home)}:8`, value: 'http://proxy.example:3128' }],
        enforced: true,
      })
    })

    test('--origin says where a key goes that is in another file than the upstream', async () => {
      const home = openHome()
      writeFile(userFile(home), { credential: 'env:MY_KEY', headers: { 'X-A': 'file:~/a', 'X-B': 'search' } })
      const options = ['--profile', 'work']
      const { stderr } = await configOnMachine(home, MACHINE, ['list', '--origin'], { options })
      const end = `goes to the \`upstream\` of ${MACHINE_FILE}:5; a key that \`claude-gw login\` stores goes to its own only`
      expect(stderr.split('\n')).toEqual([
        `claude-gw: \`credential\` of ${userFile(home)}:2 ${end}`,
        `claude-gw: \`headers.X-A\` of ${userFile(home)}:4 ${end}`,
        '',
      ])
      writeFile(userFile(home), { credential: 'keychain:mine' })
      const stored = await configOnMachine(home, MACHINE, ['list', '--origin'], { options })
      expect(stored.stderr).toBe('')
    })

    test('a variable that wants another value than an enforced one is refused, with the file', async () => {
      const home = openHome()
      const env = { CLAUDE_GW_PROXY: 'auto' }
      const { stderr, exitCode } = await configOnMachine(home, MACHINE, ['list'], { env })
      expect(exitCode).toBe(3)
      expect(stderr).toContain(`CLAUDE_GW_PROXY: \`proxy\` is fixed by ${MACHINE_FILE}:9`)
    })

    test('an enforced key can be set, with a note that it has no effect', async () => {
      const home = openHome()
      const { stderr, exitCode } = await configOnMachine(home, MACHINE, ['set', 'proxy', 'auto'])
      expect(stderr).toContain(
        `no effect here: the administrator of this machine fixes it in ${MACHINE_FILE}:9`,
      )
      expect(exitCode).toBe(0)
    })

    test('the values of a profile are told where another one is enforced', async () => {
      const home = openHome()
      const machine = { ...MACHINE, auth: 'both', enforced: { profile: 'work' } }
      const { stdout, stderr, exitCode } = await configOnMachine(home, machine, [
        'get',
        'profiles.default.upstream',
      ])
      expect({ stdout, stderr, exitCode }).toEqual({
        stdout: 'https://machine.example\n',
        stderr: '',
        exitCode: 0,
      })
    })

    test('an enforced profile that no file has is none the less one', async () => {
      const machine = { upstream: 'https://machine.example', enforced: { profile: 'label' } }
      const { stdout } = await configOnMachine(openHome(), machine, ['get', 'profiles.label.upstream'])
      expect(stdout).toBe('https://machine.example\n')
    })

    test('a machine file that others can write does not count', async () => {
      const home = openHome()
      const { stdout, stderr } = await configOnMachine(home, MACHINE, ['get', 'upstream'], {
        machineMode: 0o666,
      })
      expect(stdout).toBe('')
      expect(stderr).toContain(`${MACHINE_FILE} does not count: others can write it (mode 0666)`)
    })
  },
)

test('every key is listed with its default', async () => {
  const { stdout } = await configIn(openHome(), ['list'])
  expect(linesFrom(stdout, 'profile', 4)).toEqual([
    'profile default',
    expect.stringMatching(/^upstream \(.+\)$/),
    'credential auto',
    'credentialTtl (by source)',
  ])
  expect(stdout).toMatch(/\ntimeouts\.connect +10s\n/)
})

test('a profile that there is none of is not laid to an option that nobody gave', async () => {
  const { stderr, exitCode } = await configIn(openHome(), ['get', 'profiles.wrok.auth'])
  expect(stderr).toContain('claude-gw: config: there is no profile `wrok`; known are `default`')
  expect(exitCode).toBe(3)
})

test('elsewhere than on a terminal a long value is whole, and widens no other line', async () => {
  const home = openHome()
  const text = 'brief '.repeat(3000)
  writeFile(userFile(home), { policies: { decorators: { a: { text } } }, auth: 'both' })
  const { stdout } = await configIn(home, ['list', '--origin'])
  const lines = stdout.split('\n')
  expect(lines.filter((line) => line.includes(text))).toHaveLength(1)
  expect(lines.filter((line) => line.length > 250)).toHaveLength(1)
})

test('a default that is found elsewhere is null in JSON', async () => {
  const entries = JSON.parse((await configIn(openHome(), ['list', '--json'])).stdout)
  expect(entries).toContainEqual({ key: 'credentialTtl', value: null, origin: 'default', shadowed: [] })
  expect(entries).toContainEqual({ key: 'maxBodyBytes', value: '32MB', origin: 'default', shadowed: [] })
})

test('a profile is listed as it counts when it is chosen', async () => {
  const home = openHome()
  writeFile(userFile(home), { auth: 'both', profiles: { work: { auth: 'bearer' } } })
  const { stdout } = await configIn(home, ['list', '--profile', 'work'])
  expect(linesFrom(stdout, 'auth', 1)).toEqual(['auth bearer'])
})

test('a profile that is unknown is answered with those that are known', async () => {
  const home = openHome()
  writeFile(userFile(home), { profiles: { work: {}, eval: {} } })
  const { stderr, exitCode } = await configIn(home, ['list', '--profile', 'wrok'])
  expect(stderr).toContain('--profile: there is no profile `wrok`; known are `default`, `work`, `eval`')
  expect(exitCode).toBe(3)
})

test.each([['list'], ['get', 'upstream']])(
  'a profile that is nowhere is an error where there are none at all: %s',
  async (...args) => {
    const { stdout, stderr, exitCode } = await configIn(openHome(), [...args, '--profile', 'work'])
    expect(stderr).toContain('--profile: there is no profile `work`; known are `default`')
    expect(stderr).toContain('`claude-gw config set profiles.work.upstream URL`')
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 })
  },
)

test.each([
  [['set', 'profiles.work.upstream', 'https://work.example'], []],
  [
    ['set', 'upstream', 'https://work.example'],
    ['--profile', 'work'],
  ],
])('it is made by its first key: %j', async (args, options) => {
  const home = openHome()
  expect((await configIn(home, args, { options })).exitCode).toBe(0)
  const { stdout, exitCode } = await configIn(home, ['get', 'upstream', '--profile', 'work'])
  expect({ stdout, exitCode }).toEqual({ stdout: 'https://work.example\n', exitCode: 0 })
})

test('without files it is a label of the upstream that a variable names', async () => {
  const env = { CLAUDE_GW_UPSTREAM: 'https://work.example', CLAUDE_GW_PROFILE: 'work' }
  expect((await configIn(openHome(), ['get', 'profile'], { env })).stdout).toBe('work\n')
})

test.each([
  ['a key in a header', { CLAUDE_GW_HEADERS: '{"Authorization": "canary-5f3a"}' }],
  ['a key in the place of a reference', { CLAUDE_GW_CREDENTIAL: 'canary-5f3a' }],
  ['the password of a proxy', { CLAUDE_GW_PROXY: 'http://user:canary-5f3a@proxy.example:3128' }],
  ['the user of a proxy', { CLAUDE_GW_PROXY: 'http://canary-5f3a@proxy.example:3128' }],
  ['a password with a space', { CLAUDE_GW_PROXY: 'http://user:canary 5f3a@proxy.example:3128' }],
  ['the password of an upstream', { CLAUDE_GW_UPSTREAM: 'user:canary-5f3a@gateway.example' }],
  ['the query of an upstream', { CLAUDE_GW_UPSTREAM: 'https://gateway.example/?key=canary-5f3a' }],
  ['the query of a proxy', { CLAUDE_GW_PROXY: 'http://proxy.example:3128/?key=canary-5f3a' }],
  ['a header that sounds like a secret', { CLAUDE_GW_HEADERS: '{"X-Team-Key": "canary"}' }],
  ['any header', { CLAUDE_GW_HEADERS: '{"X-Team": "canary"}' }],
  ['a header that only looks like a reference', { CLAUDE_GW_HEADERS: '{"X-Team": "env:canary 5f3a"}' }],
  ['what a command is given', { CLAUDE_GW_CREDENTIAL: 'command:get-key --password canary' }],
  ['a command with a variable', { CLAUDE_GW_CREDENTIAL: 'command:KEY=canary get-key' }],
  ['a command of a header', { CLAUDE_GW_HEADERS: '{"X-Team": "command:get-key canary"}' }],
  ['a command for a passphrase', { CLAUDE_GW_TLS_PASSPHRASE: 'command:get-key canary' }],
  ['a credential of no known form', { CLAUDE_GW_CREDENTIAL: 'user:canary' }],
  ['a passphrase of no known form', { CLAUDE_GW_TLS_PASSPHRASE: 'word:canary' }],
  ['a key in a command', { CLAUDE_GW_CREDENTIAL: 'command:echo sk-ant-canary-5f3a' }],
])('no secret is shown: %s', async (_case, env) => {
  const home = openHome()
  const runs = [
    ['list', '--origin'],
    ['list', '--json'],
    ['list', '--verbose'],
    ['get', 'tls.passphrase', '--json'],
    ['get', 'headers'],
    ['get', 'credential'],
    ['get', 'proxy'],
    ['get', 'upstream'],
  ]
  for (const args of runs) {
    const { stdout, stderr } = await configIn(home, args, { env })
    expect(stdout + stderr).not.toContain('canary')
  }
})

test('of a command the program is shown, and of other values what is no secret', async () => {
  const env = {
    CLAUDE_GW_CREDENTIAL: 'command:aws secretsmanager get-secret-value',
    CLAUDE_GW_TLS_PASSPHRASE: 'command:/opt/get-passphrase',
    CLAUDE_GW_UPSTREAM: 'https://gateway.example/team?key=k',
    CLAUDE_GW_HEADERS: '{"X-Team": "search", "X-Repo": "tag:repository"}',
  }
  const { stdout } = await configIn(openHome(), ['list'], { env })
  expect(stdout).toMatch(/credential +command:aws …\n/)
  expect(stdout).toMatch(/tls.passphrase +command:get-passphrase\n/)
  expect(stdout).toMatch(/upstream +https:\/\/gateway.example\/team\?\[hidden\]\n/)
  expect(stdout).toMatch(/headers.X-Team +\[hidden\]\n/)
  expect(stdout).toMatch(/headers.X-Repo +tag:repository\n/)
})

test('`get` says where a value stands that it does not show', async () => {
  const home = openHome()
  writeFile(userFile(home), { headers: { 'X-Team': 'search' } })
  const { stdout, stderr, exitCode } = await configIn(home, ['get', 'headers.X-Team'])
  expect(stdout).toBe('[hidden]\n')
  expect(stderr).toContain(`not shown; it stands in ${userFile(home)}:3`)
  expect(exitCode).toBe(0)
})

test('references are shown, since they are no secrets', async () => {
  const env = { CLAUDE_GW_HEADERS: '{"X-Key": "keychain:team"}', CLAUDE_GW_CREDENTIAL: 'vault:kv/claude#key' }
  const { stdout } = await configIn(openHome(), ['list'], { env })
  expect(stdout).toMatch(/headers\.X-Key +keychain:team\n/)
  expect(stdout).toMatch(/credential +vault:kv\/claude#key\n/)
})

test('nothing in a value moves the cursor or begins a line', async () => {
  const env = { CLAUDE_GW_TAGS: JSON.stringify({ 'a\x1b[2J': 'b\nupstream https://evil.example' }) }
  const { stdout } = await configIn(openHome(), ['list'], { env })
  expect(stdout).toMatch(/tags\.a\\x1b\[2J +b\\nupstream https:\/\/evil\.example\n/)
})

test.skipIf(ptyUnavailable)('on a terminal lines have titles, and fit', async () => {
  const home = openHome()
  const { env, project } = home
  writeFile(userFile(home), { credential: `command:${'get-key '.repeat(20)}` })
  const terminal = new Pty({
    command: process.execPath,
    args: [BIN, 'config', 'list', '--origin', '--no-color'],
    env: { PATH: process.env['PATH'], ...env },
    cwd: project,
    columns: 80,
  })
  onTestFinished(() => terminal.close())
  expect(await terminal.exitCode()).toBe(0)
  const lines = terminal.output.split('\r\n')
  expect(lines[0]).toMatch(/^KEY +VALUE +ORIGIN$/)
  expect(lines.find((line) => line.startsWith('credential '))).toMatch(/ command:.*…/)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
})

/** `list` of a user with a trusted project, on a machine with a file, with an option and a variable. */
function list(home: Home, args: readonly string[]) {
  return configOnMachine(home, MACHINE, ['list', ...args], {
    env: { CLAUDE_GW_UPSTREAM: 'https://variable.example', CLAUDE_GW_PROFILE: 'work' },
    options: ['--upstream', 'https://flag.example'],
  })
}

async function openLayered(): Promise<Home> {
  const home = openHome()
  writeFile(userFile(home), {
    upstream: 'https://user.example',
    profiles: { work: { upstream: 'https://user-work.example' } },
    proxy: 'http://proxy.example:3128',
  })
  writeFile(projectFile(home), { upstream: 'https://project.example' })
  await configIn(home, ['trust', '--yes'])
  return home
}

/** As many lines of a listing as asked for, from that of a key on, with single spaces. */
function linesFrom(stdout: string, key: string, count: number): string[] {
  const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' '))
  const start = lines.findIndex((line) => line.startsWith(`${key} `))
  return lines.slice(start, start + count)
}
