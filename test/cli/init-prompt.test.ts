import { execFileSync } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../support/answer.ts'
import type { Fault } from '../support/broken-gateway.ts'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { choose, answer as reply } from '../support/faults.ts'
import { configOf, filesBelow } from '../support/init.ts'
import type { LoginUser } from '../support/login.ts'
import { openLoginUser } from '../support/login.ts'
import { startModelApi } from '../support/model-api.ts'
import type { Pty } from '../support/pty.ts'
import { ptyUnavailable } from '../support/pty.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const WRONG_KEY = 'canary-key-that-nobody-knows'
const ELSEWHERE = 'https://elsewhere.example'
const ENTER = '\r'
const CTRL_C = '\x03'
const ESCAPE = '\x1b'
const UP = '\x1b[A'
const DOWN = '\x1b[B'

const NAME = /Name of the profile/
const URL = /URL of the API or gateway/
const WAY = /Where does the key come from\?[\s\S]*another place/
const KEY = / Key for /
const DONE = /What to type next:[\s\S]*claude-gw help/

const reason = secretServiceUnavailable ?? ptyUnavailable

describe.skipIf(reason)(`in a terminal${reason ? `: ${reason}` : ''}`, () => {
  test('a fresh user answers four questions', async () => {
    const { user, url, terminal } = await openFresh()
    await answer(terminal, NAME, ENTER)
    await answer(terminal, URL, `${url}/v1${ENTER}`)
    await answer(terminal, WAY, ENTER)
    await answer(terminal, KEY, `${GATEWAY_KEY}${ENTER}`)
    await terminal.waitFor(DONE)
    expect(await terminal.exitCode()).toBe(0)
    expect(configOf(user.env)).toEqual({ upstream: url, credential: 'keychain:' })
    expect(user.service.lookUp('default')).toBe(GATEWAY_KEY)
    expect(user.account()).toMatchObject({ origin: url })
    expect(terminal.output).toContain(`the upstream is ${url}\r\n`)
    expect(terminal.output).toMatch(/ok +.{0,9} the credential is accepted/)
    expectNoKey(user, terminal)
  })

  test('what Claude Code has is offered: two questions less', async () => {
    const variables = { ANTHROPIC_AUTH_TOKEN: GATEWAY_KEY }
    const { user, url, open } = await openFresh({ looksInto: 'x-api-key' })
    const terminal = open(['init'], { ...variables, ANTHROPIC_BASE_URL: url })
    await answer(terminal, NAME, ENTER)
    await answer(terminal, URL, ENTER)
    await answer(terminal, /what is there already: env:ANTHROPIC_AUTH_TOKEN[\s\S]*another place/, ENTER)
    await terminal.waitFor(DONE)
    const setup = { upstream: url, credential: 'env:ANTHROPIC_AUTH_TOKEN', auth: 'x-api-key' }
    expect(configOf(user.env)).toEqual(setup)
  })

  test('options are no questions', async () => {
    const { user, url, open } = await openFresh()
    const terminal = open(['init', '--profile', 'work', '--upstream', url, '--credential', 'passthrough'])
    await terminal.waitFor(/claude-gw config set profile work/)
    expect(await terminal.exitCode()).toBe(0)
    expect(terminal.output).not.toMatch(/◆/)
    expect(configOf(user.env)).toEqual({ profiles: { work: { upstream: url, credential: 'passthrough' } } })
  })

  test.each<[string, (terminal: Pty, url: string) => Promise<void>]>([
    ['the name', async (terminal) => answer(terminal, NAME, CTRL_C)],
    [
      'the upstream',
      async (terminal) => {
        await answer(terminal, NAME, ENTER)
        await answer(terminal, URL, CTRL_C)
      },
    ],
    [
      'the way of the key',
      async (terminal, url) => {
        await answer(terminal, NAME, ENTER)
        await answer(terminal, URL, url + ENTER)
        await answer(terminal, WAY, CTRL_C)
      },
    ],
    ['the key', async (terminal, url) => untilKey(terminal, url, CTRL_C)],
    ['the key, with Esc', async (terminal, url) => untilKey(terminal, url, ESCAPE)],
    ['the key, behind a part of it', async (terminal, url) => untilKey(terminal, url, `canary${CTRL_C}`)],
    [
      'a refused key',
      async (terminal, url) => {
        await untilKey(terminal, url, WRONG_KEY + ENTER)
        await answer(terminal, /does not accept the key[\s\S]*cancel/, CTRL_C)
      },
    ],
    [
      'a refused key, by choice',
      async (terminal, url) => {
        await untilKey(terminal, url, WRONG_KEY + ENTER)
        await answer(terminal, /does not accept the key[\s\S]*cancel/, UP + ENTER)
      },
    ],
  ])('cancelled at %s, nothing is written', async (_case, cancel) => {
    const { user, url, terminal } = await openFresh()
    await cancel(terminal, url)
    await terminal.waitFor(/cancelled; nothing was written/)
    expect(await terminal.exitCode()).toBe(130)
    expect(terminal.output).toContain('terminal as before')
    expectNothing(user)
  })

  test('Ctrl-C while the upstream is asked changes nothing', async () => {
    let asked = () => {}
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    const silent: Fault = { answer: () => new Promise(() => asked()) }
    const { user, url, terminal } = await openFresh(silent)
    await untilKey(terminal, url, GATEWAY_KEY + ENTER)
    await isAsked
    terminal.write(CTRL_C)
    expect(await terminal.exitCode()).toBe(130)
    expectNothing(user)
  })

  test('Ctrl-C while the keychain is waited for takes the configuration back', async () => {
    const { user, url, open } = await openFresh()
    const terminal = open(['init', '--no-check'])
    await untilKey(terminal, url, '')
    user.service.freeze()
    terminal.write(GATEWAY_KEY + ENTER)
    await expect.poll(() => configOf(user.env), { timeout: 10_000 }).toMatchObject({ upstream: url })
    expect(String(execFileSync('ps', ['-eo', 'args']))).not.toContain(GATEWAY_KEY)
    terminal.write(CTRL_C)
    await terminal.waitFor(/cancelled; nothing was written/)
    expect(await terminal.exitCode()).toBe(130)
    expect(configOf(user.env)).toEqual({})
    expect(user.account()).toBeUndefined()
  })

  test('a keychain that is locked in the middle of it takes the configuration back', async () => {
    const { user, url, terminal } = await openFresh()
    await untilKey(terminal, url, '')
    user.service.lock()
    terminal.write(GATEWAY_KEY + ENTER)
    await terminal.waitFor(/the keychain is locked/)
    expect(await terminal.exitCode()).toBe(4)
    expect(configOf(user.env)).toEqual({})
    expect(user.account()).toBeUndefined()
  })

  test('what is wrong can be corrected', async () => {
    const { user, url, terminal } = await openFresh()
    await answer(terminal, NAME, `no name${ENTER}`)
    await answer(terminal, /it must be a name of letters/, `${'\x7f'.repeat(7)}work${ENTER}`)
    await answer(terminal, URL, `http://gateway.example${ENTER}`)
    await answer(terminal, /must be an https URL/, '\x15')
    terminal.write(url + ENTER)
    await answer(terminal, WAY, ENTER)
    await answer(terminal, KEY, WRONG_KEY + ENTER)
    const from = await terminal.waitFor(/does not accept the key[\s\S]*cancel/)
    terminal.write(ENTER)
    await terminal.waitFor(WAY, from)
    terminal.write(ENTER)
    await terminal.waitFor(KEY, from)
    terminal.write(GATEWAY_KEY + ENTER)
    await terminal.waitFor(DONE)
    expect(await terminal.exitCode()).toBe(0)
    expect(configOf(user.env)).toEqual({ profiles: { work: { upstream: url, credential: 'keychain:' } } })
    expect(user.service.lookUp('work')).toBe(GATEWAY_KEY)
    expectNoKey(user, terminal)
  })

  test('a URL that nothing answers at can be named anew, and the key is asked for again', async () => {
    const { user, url, terminal } = await openFresh()
    await untilKey(terminal, 'http://127.0.0.1:1', GATEWAY_KEY + ENTER)
    const from = await terminal.waitFor(/did not tell whether it accepts the key[\s\S]*cancel/)
    expectNothing(user)
    terminal.write(ENTER)
    for (const [question, keys] of [
      [URL, url + ENTER],
      [WAY, ENTER],
      [KEY, GATEWAY_KEY + ENTER],
    ] as const) {
      await terminal.waitFor(question, from)
      terminal.write(keys)
    }
    await terminal.waitFor(DONE)
    expect(configOf(user.env)).toEqual({ upstream: url, credential: 'keychain:' })
  })

  test('a gateway that looks into a header of its own gets it there', async () => {
    const { user, terminal } = await openFresh()
    const refused = reply(apiErrorAnswer(401, 'authentication_error', 'no key'))
    const through = reply(apiErrorAnswer(400, 'invalid_request_error', 'max_tokens: too small'))
    const upstream = await startFaultUpstream(
      choose(({ request }) => (request.values('x-team-key')[0] === GATEWAY_KEY ? through : refused)),
    )
    onTestFinished(upstream.close)
    const { url } = upstream
    await untilKey(terminal, url, GATEWAY_KEY + ENTER)
    await answer(terminal, /does not accept the key[\s\S]*cancel/, DOWN + DOWN + ENTER)
    await answer(terminal, /Name of the header/, ENTER)
    await answer(terminal, /a key cannot go in a header of this name/, `X-Team-Key${ENTER}`)
    await terminal.waitFor(DONE)
    expect(configOf(user.env)).toMatchObject({ upstream: url, auth: 'header:X-Team-Key' })
  })

  test('a profile that is there is replaced only after a yes', async () => {
    const { user, url, open } = await openFresh()
    await user.run(['config', 'set', 'upstream', ELSEWHERE])
    const terminal = open(['init'])
    await answer(terminal, NAME, ENTER)
    const from = await terminal.waitFor(
      /already a profile `default` \(upstream https:\/\/elsewhere[\s\S]*Yes/,
    )
    terminal.write('n')
    await terminal.waitFor(NAME, from)
    terminal.write(ENTER)
    await terminal.waitFor(/already a profile[\s\S]*Yes/, from + 200)
    expect(configOf(user.env)).toEqual({ upstream: ELSEWHERE })
    terminal.write('y')
    await answer(terminal, URL, url + ENTER)
    await answer(terminal, WAY, ENTER)
    await answer(terminal, KEY, GATEWAY_KEY + ENTER)
    await terminal.waitFor(DONE)
    expect(configOf(user.env)).toEqual({ upstream: url, credential: 'keychain:' })
  })

  test('a stored key of another upstream is for this one when a person says so', async () => {
    const { user, url, open } = await openFresh()
    await user.run(['--upstream', ELSEWHERE, 'login', '--stdin'], { input: GATEWAY_KEY })
    const terminal = open(['init'])
    await answer(terminal, NAME, ENTER)
    await answer(terminal, URL, url + ENTER)
    await answer(terminal, /stored for https:\/\/elsewhere\.example[\s\S]*another place/, UP + ENTER)
    await terminal.waitFor(DONE)
    expect(await terminal.exitCode()).toBe(0)
    expect(user.account()).toMatchObject({ origin: url })
    expect(user.service.lookUp('default')).toBe(GATEWAY_KEY)
  })

  test('without a keychain it is said why, and another place will do', async () => {
    const { user, url, open } = await openFresh({}, 'no bus')
    const terminal = open(['init'], { TEAM_KEY: GATEWAY_KEY })
    await answer(terminal, NAME, ENTER)
    await answer(terminal, URL, url + ENTER)
    await terminal.waitFor(/no key can be kept here: there is no session bus/)
    await answer(terminal, WAY, ENTER)
    expect(terminal.output).not.toContain('a key that you type')
    await answer(terminal, /A reference to it/, `sk-ant-api03-canary${ENTER}`)
    await answer(terminal, /looks like a key itself/, '\x15')
    terminal.write(`env:TEAM_KEY${ENTER}`)
    await terminal.waitFor(DONE)
    expect(configOf(user.env)).toEqual({ upstream: url, credential: 'env:TEAM_KEY' })
  })

  test('--key-stdin is refused, since the terminal would show the key', async () => {
    const { open } = await openFresh()
    const terminal = open(['init', '--key-stdin'])
    await terminal.waitFor(/would show the key/)
    expect(await terminal.exitCode()).toBe(2)
  })
})

/** A user with a keychain and nothing else, in front of a gateway; `init` is open in a terminal. */
async function openFresh(fault: Fault = {}, state: KeychainState = 'unlocked') {
  const user = await openLoginUser(state)
  const url = await startBrokenGateway(await startModelApi(), fault)
  let first: Pty | undefined
  return {
    user,
    url,
    open: user.open,
    get terminal() {
      first ??= user.open(['init'])
      return first
    },
  }
}

async function untilKey(terminal: Pty, url: string, keys: string): Promise<void> {
  await answer(terminal, NAME, ENTER)
  await answer(terminal, URL, url + ENTER)
  await answer(terminal, WAY, ENTER)
  await answer(terminal, KEY, keys)
}

async function answer(terminal: Pty, question: RegExp, keys: string): Promise<void> {
  await terminal.waitFor(question)
  terminal.write(keys)
}

function expectNothing(user: LoginUser): void {
  expect(configOf(user.env)).toBeUndefined()
  expect(user.service.lookUp('default')).toBeUndefined()
  expect(user.account()).toBeUndefined()
}

function expectNoKey(user: LoginUser, { output }: Pty): void {
  const seen = output + filesBelow(user.env['HOME'] ?? '') + filesBelow(user.state)
  expect(seen).not.toMatch(/canary-key/)
}
