import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer, redirectAnswer } from '../support/answer.ts'
import { findLeaks, plainCanaries, randomCanaries, repeatAll } from '../support/canaries.ts'
import { openHome } from '../support/claude-run.ts'
import { complaintsOf } from '../support/failing-commands.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, wire } from '../support/faults.ts'
import type { LoginUser } from '../support/login.ts'
import { openLoginUser } from '../support/login.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const PLANTED = { ...plainCanaries('key', 'stored key'), ...randomCanaries('words', 'location') }
const { key: KEY, 'stored key': STORED, words: WORDS } = PLANTED
const LOCATION = encodeURIComponent(PLANTED.location)

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test.each<readonly [KeychainState, RegExp]>([
    ['locked', /the keychain is locked/],
    ['fresh', /no collection/],
    ['no service', /no session bus that leads to a keychain/],
    ['no bus', /no session bus that leads to a keychain/],
  ])('no command tells a key where the keychain is in the state: %s', async (state, says) => {
    const user = await openLoginUser(state, state === 'locked' ? { default: STORED } : {})
    await expectSilence(user, says)
    await expectSilentLogin(user, [], KEY, says)
  })

  test('no command tells a stored key of two words', async () => {
    await expectSilence(
      await openLoginUser('unlocked', { default: `${STORED} second` }),
      /not printable ASCII/,
    )
  })

  test('no command tells a stored key that is for another upstream', async () => {
    const user = await openLoginUser()
    expect(await user.run(['login', '--stdin'], { input: STORED })).toMatchObject({ exitCode: 0 })
    await expectSilence(user, /was stored for https:\/\/api.anthropic.com/)
  })

  test.each<readonly [string, string, readonly string[], RegExp]>([
    ['of two lines', `${KEY}\n${KEY}`, [], /it ends a line/],
    ['with a NUL', `${KEY}\0`, [], /it is NUL/],
    ['that fits into no header', `${KEY}ü`, [], /not printable ASCII/],
    ['that is too long', KEY.repeat(200), [], /longer than 2500/],
    ['without an end', KEY.repeat(4_000), [], /longer than 2500/],
    ['that is an argument', '', [KEY], /takes no arguments/],
    ['that is an option', '', [`--${KEY}`], /takes no arguments/],
    ['behind an option', '', ['--key', KEY], /takes no arguments/],
    ['in an option', '', [`--key=${KEY}`], /takes no arguments/],
  ])('`login` does not repeat a key %s', async (_case, input, args, says) => {
    await expectSilentLogin(await openLoginUser(), args, input, says)
  })

  test.each<readonly [string, Fault, RegExp]>([
    ['repeats it', refusal(repeatAll([KEY])), /does not accept the key: HTTP 401/],
    ['tells another', refusal(repeatAll([WORDS])), /does not accept the key: HTTP 401/],
    [
      'redirects',
      answer(redirectAnswer(307, `https://me:${LOCATION}@a.example/${LOCATION}`)),
      /to https:\/\/a.example/,
    ],
    ['answers garbage', wire(`HTTP/1.1 20x ${WORDS} ${KEY}\r\n\r\n`, 'fin'), /gave no proof of the key/],
  ])('`login --check` tells no secret where the upstream %s', async (_case, fault, says) => {
    const upstream = await startFaultUpstream(fault)
    onTestFinished(upstream.close)
    await expectSilentLogin(await openLoginUser(), ['--check', '--upstream', upstream.url], KEY, says)
  })
})

function refusal(message: string): Fault {
  return answer(apiErrorAnswer(401, 'authentication_error', message))
}

/** `run`, `serve` and `key` say what is wrong with the keychain, and none says more. */
async function expectSilence({ env, state }: LoginUser, says: RegExp): Promise<void> {
  const home = openHome()
  const user = { ...home, env: { ...home.env, CLAUDE_GW_STATE_DIR: state } }
  const complaints = await complaintsOf(user, { ...env, CLAUDE_GW_CREDENTIAL: 'keychain:' })
  for (const [command, text] of Object.entries(complaints)) expect.soft(text, command).toMatch(says)
  expect(findLeaks(complaints, PLANTED)).toEqual([])
}

async function expectSilentLogin(
  { run }: LoginUser,
  args: readonly string[],
  input: string,
  says: RegExp,
): Promise<void> {
  const { stdout, stderr } = await run(['--verbose', 'login', '--stdin', ...args], { input })
  expect(stderr).toMatch(says)
  expect(findLeaks({ stdout, stderr }, PLANTED)).toEqual([])
}
