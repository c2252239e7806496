import { describe, expect, test } from 'vitest'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import { configOf, filesBelow } from '../support/init.ts'
import { openLoginUser } from '../support/login.ts'
import { startModelApi } from '../support/model-api.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const OTHER_KEY = 'canary-key-of-before'
const ELSEWHERE = 'https://elsewhere.example'

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('a key from stdin is kept for the upstream, and stands in no file', async () => {
    const { user, url, init } = await openFresh()
    const { exitCode, stdout, stderr } = await init([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toContain(
      `the key is in the Secret Service keyring (service claude-gw, account default), for ${url}\n`,
    )
    expect(stderr).toContain('the credential is accepted')
    expect(user.service.lookUp('default')).toBe(GATEWAY_KEY)
    expect(user.account()).toMatchObject({ origin: url })
    expect(configOf(user.env)).toEqual({ upstream: url, credential: 'keychain:' })
    expect(stderr + filesBelow(user.env['HOME'] ?? '') + filesBelow(user.state)).not.toContain(GATEWAY_KEY)
    expect(await user.run(['key'])).toMatchObject({ exitCode: 0, stdout: `${GATEWAY_KEY}\n` })
  })

  test.each([
    ['the profile', ['--profile', 'work'], 'work', 'keychain:'],
    ['what `credential` names', ['--credential', 'keychain:shared'], 'shared', 'keychain:shared'],
  ])('the account is that of %s', async (_case, args, account, credential) => {
    const { user, url, init } = await openFresh()
    expect(await init(args)).toMatchObject({ exitCode: 0 })
    expect(user.service.lookUp(account)).toBe(GATEWAY_KEY)
    const setup = { upstream: url, credential }
    expect(configOf(user.env)).toEqual(account === 'work' ? { profiles: { work: setup } } : setup)
  })

  test('a key that is stored already is replaced only with `--force`', async () => {
    const { user, init } = await openFresh({ default: OTHER_KEY })
    const refused = await init([])
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr).toContain('already a key in the Secret Service keyring')
    expect(user.service.lookUp('default')).toBe(OTHER_KEY)
    expect(configOf(user.env)).toBeUndefined()
    expect(await init(['--force'])).toMatchObject({ exitCode: 0 })
    expect(user.service.lookUp('default')).toBe(GATEWAY_KEY)
  })

  test('a key that the upstream refuses is not stored', async () => {
    const { user, init } = await openFresh()
    const { exitCode, stderr } = await init([], { input: OTHER_KEY })
    expect(exitCode).toBe(4)
    expect(stderr).not.toContain(OTHER_KEY)
    expect(user.service.lookUp('default')).toBeUndefined()
    expect(configOf(user.env)).toBeUndefined()
  })

  test('`--yes --force` takes upstream and key that are there already', async () => {
    const { user, url, init } = await openFresh()
    await init([])
    const before = configOf(user.env)
    const { exitCode, stderr } = await user.run(['init', '--yes', '--force'])
    expect(stderr).toContain(`profile \`default\` leads to ${url}`)
    expect(stderr).toContain('the credential is accepted')
    expect({ exitCode, config: configOf(user.env) }).toEqual({ exitCode: 0, config: before })
    expect(user.service.lookUp('default')).toBe(GATEWAY_KEY)
  })

  test('`--yes` puts nothing in the place of a key that a locked keychain may hold', async () => {
    const { user, url } = await openFresh({}, 'locked')
    await user.run(['config', 'set', 'upstream', url])
    await user.run(['config', 'set', 'credential', 'keychain:'])
    const before = configOf(user.env)
    const { exitCode, stderr } = await user.run(['init', '--yes', '--force'])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('the keychain is locked')
    expect(configOf(user.env)).toEqual(before)
    expect(await user.run(['init', '--yes', '--force', '--profile', 'new', '--upstream', url])).toMatchObject(
      {
        exitCode: 4,
      },
    )
  })

  test('`--yes` says of a profile with a key that there is no keychain, and does without one for a new profile', async () => {
    const { user, url } = await openFresh({}, 'no bus')
    await user.run(['config', 'set', 'upstream', url])
    await user.run(['config', 'set', 'credential', 'keychain:'])
    const { exitCode, stderr } = await user.run(['init', '--yes', '--force'])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('there is no session bus')
    const fresh = await user.run(['--profile', 'new', 'init', '--yes', '--upstream', url])
    expect(fresh).toMatchObject({ exitCode: 2 })
    expect(fresh.stderr).toContain('nothing gives a key yet')
  })

  test('`--yes` does not take a key that is stored for another upstream', async () => {
    const { user, url } = await openFresh()
    await user.run(['--upstream', ELSEWHERE, 'login', '--stdin'], { input: OTHER_KEY })
    const result = await user.run(['init', '--yes', '--upstream', url])
    expect(result).toMatchObject({ exitCode: 2 })
    expect(result.stderr).toContain('nothing gives a key yet')
    expect(configOf(user.env)).toBeUndefined()
  })

  test('what cannot be a key is refused before anything else', async () => {
    const { user, init } = await openFresh()
    expect(await init([], { input: `${OTHER_KEY}\n${GATEWAY_KEY}\n` })).toMatchObject({ exitCode: 4 })
    expect(user.service.lookUp('default')).toBeUndefined()
  })

  test('a key that is stored for another upstream is not sent to this one', async () => {
    const { user, url } = await openFresh()
    await user.run(['--upstream', ELSEWHERE, 'login', '--stdin'], { input: OTHER_KEY })
    const result = await user.run(['init', '--upstream', url, '--credential', 'keychain:'])
    expect(result).toMatchObject({ exitCode: 4 })
    expect(result.stderr).toContain(`was stored for ${ELSEWHERE}`)
    expect(configOf(user.env)).toBeUndefined()
  })

  test('where nothing can be noted of a key, neither key nor configuration is there', async () => {
    const { user, init } = await openFresh()
    const { exitCode, stderr } = await init([], { env: { CLAUDE_GW_STATE_DIR: '/dev/null/x' } })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('/dev/null/x')
    expect(user.service.lookUp('default')).toBeUndefined()
    expect(configOf(user.env)).toBeUndefined()
  })

  test('where the configuration cannot be written, the key is not there either', async () => {
    const { user, init } = await openFresh()
    const { exitCode, stderr } = await init([], { env: { CLAUDE_GW_CONFIG_DIR: '/dev/null/x' } })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('/dev/null/x')
    expect(user.service.lookUp('default')).toBeUndefined()
  })

  test.each<[KeychainState, string]>([
    ['no bus', 'there is no session bus that leads to a keychain'],
    ['locked', 'the keychain is locked'],
  ])('a keychain that is of no use is said to be, with what does without: %s', async (state, words) => {
    const { user, init } = await openFresh({}, state)
    const { exitCode, stderr } = await init([])
    expect(exitCode).toBe(4)
    expect(stderr).toContain(words)
    expect(stderr).toContain('`--credential env:NAME`, `file:PATH` or `command:LINE`')
    expect(stderr).not.toContain(GATEWAY_KEY)
    expect(configOf(user.env)).toBeUndefined()
  })

  test('one that is of no use when the key is to be kept takes the configuration back', async () => {
    const { user, init } = await openFresh({}, 'locked')
    expect(await init(['--force', '--no-check'])).toMatchObject({ exitCode: 4 })
    expect(configOf(user.env) ?? {}).toEqual({})
  })
})

/** A user with a keychain and nothing else, and a gateway that takes GATEWAY_KEY. */
async function openFresh(secrets: Readonly<Record<string, string>> = {}, state: KeychainState = 'unlocked') {
  const user = await openLoginUser(state, secrets)
  const url = await startBrokenGateway(await startModelApi())
  const init = (args: readonly string[], { input = `${GATEWAY_KEY}\n`, env = {} } = {}) =>
    user.run(['init', '--upstream', url, '--key-stdin', ...args], { input, env })
  return { user, url, init }
}
