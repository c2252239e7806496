import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../support/answer.ts'
import type { Fault } from '../support/broken-gateway.ts'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome, writeSettings } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { machineFileUnavailable, runOnMachine, userFile, writeFile } from '../support/configured.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { configOf, filesBelow } from '../support/init.ts'
import { startModelApi } from '../support/model-api.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const FROM_VARIABLE = ['--credential', 'env:GATEWAY_KEY']
const ELSEWHERE = 'https://elsewhere.example'

describe('by options', () => {
  test('upstream and credential are written, and shown to work', async () => {
    const { home, url, init } = await openFresh()
    const { exitCode, stdout, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(configOf(home.env)).toEqual({ upstream: url, credential: 'env:GATEWAY_KEY' })
    expect(stderr).toContain(`profile \`default\` leads to ${url} (${userFile(home)})`)
    expect(checksIn(stderr)).toEqual([
      'ok the upstream answers',
      'ok requests are answered, not redirected',
      'ok the credential is accepted',
      'ok errors of the API come through as they are',
    ])
    expect(stderr).toMatch(/What to type next:\n {2}claude-gw run .*\n {2}claude-gw doctor /)
    expect(stderr + filesBelow(home.directory)).not.toContain(GATEWAY_KEY)
  })

  test('what is written is what a run then uses', async () => {
    const { url, init, run } = await openFresh()
    await init(['--upstream', url, ...FROM_VARIABLE])
    expect(await run(['key'])).toMatchObject({ exitCode: 0, stdout: `${GATEWAY_KEY}\n` })
    expect((await run(['models'])).stdout).toContain('claude-opus-4-8')
  })

  test.each([
    ['x-api-key', { auth: 'x-api-key' }],
    ['authorization', {}],
    ['apikey', { auth: 'header:apikey' }],
    ['api-key', { auth: 'header:api-key' }],
  ] as const)(
    'the header is found by trying, and written where it is not the usual one: %s',
    async (looksInto, auth) => {
      const { home, url, init } = await openFresh({ looksInto })
      const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
      expect(exitCode).toBe(0)
      expect(configOf(home.env)).toEqual({ upstream: url, credential: 'env:GATEWAY_KEY', ...auth })
      expect(checksIn(stderr)).toContain('ok the credential is accepted')
    },
  )

  test('`--auth` is taken as it is', async () => {
    const { home, url, init } = await openFresh()
    expect(await init(['--upstream', url, ...FROM_VARIABLE, '--auth', 'both'])).toMatchObject({ exitCode: 0 })
    expect(configOf(home.env)).toMatchObject({ auth: 'both' })
  })

  test('with `--auth` no other header is tried', async () => {
    const { home, url, init } = await openFresh({ looksInto: 'x-api-key' })
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE, '--auth', 'bearer'])
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/does not accept the key: HTTP 401: Unauthorized\n.*--auth header:NAME/)
    expect(configOf(home.env)).toBeUndefined()
  })

  test('a key that is refused in any header changes nothing', async () => {
    const { home, url, init } = await openFresh({}, { GATEWAY_KEY: 'another-canary-key' })
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('does not accept the key: HTTP 401: Unauthorized')
    expect(stderr).not.toContain('another-canary-key')
    expect(configOf(home.env)).toBeUndefined()
  })

  test('a firewall before it is told as `doctor` does, and the key is not blamed', async () => {
    const firewall: Fault = {
      answer: (_request, response) =>
        !!response.writeHead(403, { 'content-type': 'text/html' }).end('<!doctype html><h1>Blocked</h1>'),
    }
    const { home, url, init } = await openFresh(firewall)
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('something before the gateway lets nothing through (HTTP 403: a page of HTML)')
    expect(stderr).toContain('have the firewall or the protection from bots')
    expect(stderr).not.toContain('does not accept the key')
    expect(configOf(home.env)).toBeUndefined()
  })

  test.each<[string, Fault, RegExp]>([
    ['hangs up', { answer: (_request, response) => !!response.destroy() }, /hang up|ECONNRESET/],
    ['is out of order', { answer: (_request, response) => !!response.writeHead(503).end() }, /HTTP 503/],
    [
      'redirects',
      {
        answer: (_request, response) =>
          !!response.writeHead(307, { location: `${ELSEWHERE}/v1/messages` }).end(),
      },
      /HTTP 307, it redirects to https:\/\/elsewhere\.example\n/,
    ],
  ])('an upstream that %s tells nothing of a key, and nothing is written', async (_case, fault, words) => {
    const { home, url, init } = await openFresh(fault)
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(words)
    expect(configOf(home.env)).toBeUndefined()
  })

  test.skipIf(opensslUnavailable)(
    'an upstream whose certificate is not trusted is told as `doctor` tells it',
    async () => {
      const { home, init } = await openFresh()
      const ca = createThrowawayCa()
      onTestFinished(ca.remove)
      const upstream = await startFaultUpstream(answer(), ca.server)
      onTestFinished(upstream.close)
      const { exitCode, stderr } = await init(['--upstream', upstream.url, ...FROM_VARIABLE])
      expect(exitCode).toBe(5)
      expect(stderr).toContain('claude-gw config set tls.ca FILE')
      expect(upstream.requests).toEqual([])
      expect(configOf(home.env)).toBeUndefined()
    },
  )

  test('what an upstream says is shown without the key that it repeats', async () => {
    const { init } = await openFresh()
    const words = `bad\u001b[31m key ${GATEWAY_KEY}`
    const upstream = await startFaultUpstream(answer(apiErrorAnswer(401, 'authentication_error', words)))
    onTestFinished(upstream.close)
    const { stderr } = await init(['--upstream', upstream.url, ...FROM_VARIABLE])
    expect(stderr).toContain('does not accept the key: HTTP 401: bad key [redacted]\n')
  })

  test('`--no-check` asks nothing', async () => {
    let asked = 0
    const { home, url, init } = await openFresh({ answer: () => !!++asked })
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE, '--no-check'])
    expect({ exitCode, asked, checks: checksIn(stderr) }).toEqual({ exitCode: 0, asked: 0, checks: [] })
    expect(configOf(home.env)).toEqual({ upstream: url, credential: 'env:GATEWAY_KEY' })
  })

  test('a check that fails afterwards is exit 1, and says what mends it', async () => {
    const isMessage = (path: string) => path.startsWith('/v1/messages?')
    const { home, url, init } = await openFresh({
      answer: ({ path }, response) =>
        isMessage(path) && !!response.writeHead(404).end('{"message":"no Route"}'),
    })
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(1)
    expect(checksIn(stderr)).toContain('fail errors of the API come through as they are')
    expect(stderr).toContain('that is written, but it does not work yet')
    expect(configOf(home.env)).toMatchObject({ upstream: url })
  })

  test.each(['/v1', '/v1/messages'])('a final `%s` is left out, and said to be', async (end) => {
    const { home, url, init } = await openFresh()
    const { stderr } = await init(['--upstream', `${url}/team${end}/`, ...FROM_VARIABLE, '--no-check'])
    expect(stderr).toContain(`\`${end}\` is left out`)
    expect(stderr).toContain(`the upstream is ${url}/team\n`)
    expect(configOf(home.env)).toMatchObject({ upstream: `${url}/team` })
  })

  test('Claude Code’s own login is asked for nothing but the way', async () => {
    const { home, url, init } = await openFresh()
    const { exitCode, stderr } = await init(['--upstream', url, '--credential', 'passthrough'])
    expect(exitCode).toBe(0)
    expect(checksIn(stderr)).toEqual(['ok the upstream answers', 'ok requests are answered, not redirected'])
    expect(configOf(home.env)).toEqual({ upstream: url, credential: 'passthrough' })
  })

  test('a name that does not exist is a failure, and the cause is shown', async () => {
    const { init } = await openFresh()
    const { exitCode, stderr } = await init([
      '--upstream',
      'https://nowhere.invalid',
      '--credential',
      'passthrough',
    ])
    expect(exitCode).toBe(1)
    expect(checksIn(stderr)[0]).toMatch(/^fail .*name/)
  })

  test('a variable that goes before what is written is named', async () => {
    const { url, init } = await openFresh({}, { CLAUDE_GW_AUTH: 'bearer', CLAUDE_GW_UPSTREAM: ELSEWHERE })
    const { stderr } = await init(['--upstream', url, ...FROM_VARIABLE, '--no-check'])
    expect(stderr).toContain('`upstream`: it has no effect here: CLAUDE_GW_UPSTREAM goes before it')
  })

  test('a login that is to go through untouched, and that there is none of yet, is said to be missing', async () => {
    const { url, init } = await openFresh()
    const args = ['--upstream', url, '--credential', 'passthrough', '--no-check']
    const { exitCode, stderr } = await init(args)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('goes through untouched, and none is saved yet: /login within Claude Code')
  })

  test('--quiet says nothing of success', async () => {
    const { url, init } = await openFresh()
    const result = await init(['--quiet', '--upstream', url, ...FROM_VARIABLE])
    expect(result).toEqual({ exitCode: 0, signal: null, stdout: '', stderr: '' })
  })
})

describe('`--yes` takes what is offered', () => {
  test('of the environment', async () => {
    const variables = { ANTHROPIC_AUTH_TOKEN: GATEWAY_KEY }
    const { home, url, init } = await openFresh({}, variables)
    expect(await init(['--yes'], { ANTHROPIC_BASE_URL: url })).toMatchObject({ exitCode: 0 })
    expect(configOf(home.env)).toEqual({ upstream: url, credential: 'env:ANTHROPIC_AUTH_TOKEN' })
  })

  test('of Claude Code’s user settings', async () => {
    const { home, url, init } = await openFresh()
    const env = { ANTHROPIC_BASE_URL: url }
    writeSettings(home, 'user', { env, apiKeyHelper: `echo ${GATEWAY_KEY}` })
    const { exitCode, stderr } = await init(['--yes'])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('the key is looked for at each start')
    expect(configOf(home.env)).toEqual({ upstream: url, credential: 'auto' })
  })

  test('of a login of Claude Code, for the API itself', async () => {
    const { home, init } = await openFresh()
    expect((await init(['--yes', '--no-check'])).stderr).toContain('nothing gives a key yet')
    writeFile(join(home.claudeDirectory, '.credentials.json'), {})
    const { exitCode, stderr } = await init(['--yes', '--no-check'])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Claude Code’s own login goes through untouched\n')
    expect(configOf(home.env)).toEqual({
      upstream: 'https://api.anthropic.com',
      credential: 'passthrough',
    })
  })

  test('of the profile itself, for its own upstream only', async () => {
    const { home, url, init } = await openFresh()
    const own = { upstream: url, credential: `command:echo ${GATEWAY_KEY}` }
    writeFile(userFile(home), own)
    expect(await init(['--yes', '--force'])).toMatchObject({ exitCode: 0 })
    expect(configOf(home.env)).toEqual(own)
    const other = await startFaultUpstream(answer())
    const elsewhere = await init(['--yes', '--force', '--upstream', `http://127.0.0.1:${other.port}`])
    expect(elsewhere).toMatchObject({ exitCode: 2 })
    expect(other.requests).toEqual([])
    expect(configOf(home.env)).toEqual(own)
  })

  test('and nothing of a repository’s', async () => {
    const { home, url, init } = await openFresh()
    writeSettings(home, 'project', { env: { ANTHROPIC_BASE_URL: ELSEWHERE }, apiKeyHelper: 'echo x' })
    const { exitCode, stderr } = await init(['--yes', '--upstream', url])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('`--credential REF` (`passthrough` for Claude Code’s own login), or bring one')
    expect(configOf(home.env)).toBeUndefined()
  })
})

describe('what is there already', () => {
  test('is replaced only with `--force`, and then whole', async () => {
    const { home, url, init } = await openFresh()
    const before = { upstream: ELSEWHERE, auth: 'both', log: { level: 'full' } }
    writeFile(userFile(home), before)
    const refused = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain(`already a profile \`default\` (upstream ${ELSEWHERE}, auth both, in`)
    expect(refused.stderr).toContain('--force')
    expect(configOf(home.env)).toEqual(before)
    expect(await init(['--upstream', url, ...FROM_VARIABLE, '--force'])).toMatchObject({ exitCode: 0 })
    expect(configOf(home.env)).toEqual({
      upstream: url,
      credential: 'env:GATEWAY_KEY',
      log: { level: 'full' },
    })
  })

  test('stays beside a new profile', async () => {
    const { home, url, init } = await openFresh()
    writeFile(userFile(home), { upstream: ELSEWHERE, profiles: { home: { upstream: ELSEWHERE } } })
    const { exitCode, stderr } = await init(['--profile', 'work', '--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('claude-gw --profile work run')
    expect(configOf(home.env)).toEqual({
      upstream: ELSEWHERE,
      profiles: { home: { upstream: ELSEWHERE }, work: { upstream: url, credential: 'env:GATEWAY_KEY' } },
    })
  })

  test('may be a profile that is in use, which is the one that is set up', async () => {
    const { home, url, init } = await openFresh()
    writeFile(userFile(home), { profile: 'work', profiles: { work: { log: { level: 'off' } } } })
    const { exitCode, stderr } = await init(['--upstream', url, ...FROM_VARIABLE])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/\n {2}claude-gw run /)
    const work = { log: { level: 'off' }, upstream: url, credential: 'env:GATEWAY_KEY' }
    expect(configOf(home.env)).toEqual({ profile: 'work', profiles: { work } })
  })

  test('is where the profile `default` has a section of its own, which is written then', async () => {
    const { home, url, init } = await openFresh()
    writeFile(userFile(home), { profiles: { default: { log: { level: 'off' } } } })
    expect(await init(['--upstream', url, ...FROM_VARIABLE])).toMatchObject({ exitCode: 0 })
    expect(configOf(home.env)).toEqual({
      profiles: { default: { log: { level: 'off' }, upstream: url, credential: 'env:GATEWAY_KEY' } },
    })
  })
})

describe.skipIf(machineFileUnavailable)(
  `on a machine with an administrator${machineFileUnavailable ? `: ${machineFileUnavailable}` : ''}`,
  () => {
    test('the upstream that is enforced is taken', async () => {
      const { home, url } = await openFresh()
      const machine = { enforced: { upstream: url } }
      const args = ['init', '--yes', '--credential', 'env:GATEWAY_KEY']
      const { exitCode, stderr } = await runOnMachine(home, machine, args, { env: { GATEWAY_KEY } })
      expect({ exitCode, checks: checksIn(stderr).length }).toEqual({ exitCode: 0, checks: 4 })
      expect(configOf(home.env)).toEqual({ upstream: url, credential: 'env:GATEWAY_KEY' })
    })

    test('another one is refused', async () => {
      const { home, url } = await openFresh()
      const machine = { enforced: { upstream: ELSEWHERE } }
      const args = ['init', '--upstream', url, ...FROM_VARIABLE]
      const result = await runOnMachine(home, machine, args, { env: { GATEWAY_KEY } })
      expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is fixed by /etc') })
      expect(configOf(home.env)).toBeUndefined()
    })
  },
)

describe('without a terminal', () => {
  test.each([
    ['anything', [], '`--upstream URL`, and `--credential REF` or `--key-stdin`'],
    ['an upstream', FROM_VARIABLE, 'add `--upstream URL`\n'],
    ['a key', ['--upstream', ELSEWHERE], 'add `--credential REF` or `--key-stdin`\n'],
  ])('what is missing is named: %s', async (_case, args, words) => {
    const { home, init } = await openFresh()
    const { exitCode, stderr } = await init(args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('there is no terminal to ask')
    expect(stderr).toContain(words)
    expect(configOf(home.env)).toBeUndefined()
  })

  test.each([
    ['a key as an argument', ['sk-ant-api03-canary'], 2, /no key among them/],
    ['a key in an option', ['--key=sk-ant-api03-canary'], 2, /no key among them/],
    ['a key as a reference', ['--credential', 'sk-ant-api03-canary', '--force'], 3, /`credential` must be/],
    ['the same unchecked', ['--credential', 'sk-ant-api03-canary', '--no-check'], 3, /holds a secret itself/],
    ['a key in the URL', ['--upstream', 'https://me:canary@x.example'], 3, /without user name, password/],
    ['two places of a key', ['--key-stdin'], 2, /names another place/],
    ['no URL', ['--upstream', 'gateway.example'], 3, /must be a URL such as/],
    ['plain http to another machine', ['--upstream', 'http://gateway.example'], 3, /an https URL/],
    ['no way to send a key', ['--auth', 'cookie'], 3, /`auth` must be/],
    ['no name', ['--profile', 'a b'], 3, /`profile` must be/],
  ])('%s is refused, and not repeated', async (_case, args, exitCode, words) => {
    const { home, url, init } = await openFresh()
    const result = await init(['--upstream', url, ...FROM_VARIABLE, ...args])
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(words) })
    expect(result.stderr).not.toContain('canary')
    expect(configOf(home.env)).toBeUndefined()
  })
})

/** A user who has nothing yet, and a gateway. */
async function openFresh(fault: Fault = {}, variables: Readonly<Record<string, string>> = {}) {
  const home: Home = openHome()
  const url = await startBrokenGateway(await startModelApi(), fault)
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runCli(args, { env: { GATEWAY_KEY, ...home.env, ...variables, ...more }, cwd: home.project })
  const init = (args: readonly string[], more?: Readonly<Record<string, string>>) =>
    run(['init', ...args], more)
  return { home, url, run, init }
}

/** Verdict and title of each check that is shown. */
function checksIn(stderr: string): string[] {
  return [...stderr.matchAll(/^[✓!✗–] (\w+) +([^:]+):/gm)].map(([, verdict, title]) => `${verdict} ${title}`)
}
