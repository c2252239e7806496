import { describe, expect, test } from 'vitest'
import { writeAccount } from '../../src/credentials/accounts.ts'
import { runCli } from '../support/cli.ts'
import { openLoginUser } from '../support/login.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const KEY = 'sk-ant-api03-canary-one'
const NEXT = 'sk-ant-api03-canary-two'
const ANTHROPIC = 'https://api.anthropic.com'
const GATEWAY = 'https://gateway.example'

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('--stdin stores the key, and says where and for whom', async () => {
    const user = await openLoginUser()
    const result = await user.run(['login', '--stdin'], { input: `${KEY}\n` })
    expect(result).toEqual({
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: `claude-gw: stored in the Secret Service keyring (service claude-gw, account default), for ${ANTHROPIC}\n`,
    })
    expect(user.service.lookUp('default')).toBe(KEY)
    expect(user.account()).toMatchObject({ origin: ANTHROPIC, storedAt: expect.stringMatching(/^20.*Z$/) })
  })

  test.each([
    ['one newline', `${KEY}\n`],
    ['one newline of Windows', `${KEY}\r\n`],
    ['none', KEY],
  ])('%s at the end is not part of the key', async (_case, input) => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input })
    expect(user.service.lookUp('default')).toBe(KEY)
  })

  test('--stdin replaces what is stored, and says so', async () => {
    const user = await openLoginUser('unlocked', { default: KEY })
    const result = await user.run(['login', '--stdin'], { input: NEXT })
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('claude-gw: replaced in') })
    expect(user.service.lookUp('default')).toBe(NEXT)
  })

  test('--stdin for another upstream is for that one alone', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    await user.run(['--upstream', `${GATEWAY}/team/v1`, 'login', '--stdin'], { input: NEXT })
    expect(user.account()).toMatchObject({ origin: GATEWAY })
    expect((await user.run(['key'])).stderr).toContain(`was stored for ${GATEWAY}`)
  })

  test.each([
    ['the profile', ['--upstream', ANTHROPIC, '--profile', 'team'], 'team'],
    [
      'the account that `credential` names',
      ['--upstream', ANTHROPIC, '--profile', 'team', '--credential', 'keychain:shared'],
      'shared',
    ],
    ['the profile when `credential` names no account', ['--credential', 'keychain:'], 'default'],
  ])('the account is %s', async (_case, options, account) => {
    const user = await openLoginUser()
    const result = await user.run([...options, 'login', '--stdin'], { input: KEY })
    expect(result.stderr).toContain(`account ${account})`)
    expect(user.service.lookUp(account)).toBe(KEY)
    expect(user.account(account)).toMatchObject({ account, origin: ANTHROPIC })
  })

  test('the upstream is the one that a run would use', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY, env: { ANTHROPIC_BASE_URL: GATEWAY } })
    expect(user.account()).toMatchObject({ origin: GATEWAY })
  })

  test('a key that this configuration does not use is announced as such', async () => {
    const user = await openLoginUser()
    const env = { CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY' }
    const result = await user.run(['login', '--stdin'], { input: KEY, env })
    expect(result.exitCode).toBe(0)
    expect(result.stderr).toContain('it is not used as long as CLAUDE_GW_CREDENTIAL names another source')
  })

  test('--quiet says nothing of success', async () => {
    const user = await openLoginUser()
    const result = await user.run(['--quiet', 'login', '--stdin'], { input: KEY })
    expect(result).toEqual({ exitCode: 0, signal: null, stdout: '', stderr: '' })
  })

  test('--keep confirms the stored key for another upstream', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    const storedAt = user.account()?.storedAt
    const result = await user.run(['--upstream', GATEWAY, 'login', '--keep'])
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining(`for ${GATEWAY}`),
    })
    expect(user.account()).toEqual({ account: 'default', origin: GATEWAY, storedAt })
    expect(user.service.lookUpOrigin('default')).toContain(`${GATEWAY} `)
    expect(user.service.lookUp('default')).toBe(KEY)
  })

  test('--keep confirms a key that another program has stored', async () => {
    const user = await openLoginUser('unlocked', { default: KEY })
    expect(await user.run(['login', '--keep'])).toMatchObject({ exitCode: 0 })
    expect(user.account()).toEqual({ account: 'default', origin: ANTHROPIC, storedAt: null })
  })

  test('--keep without a stored key is an error', async () => {
    const user = await openLoginUser()
    const result = await user.run(['login', '--keep'])
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain('nothing is stored for keychain:default')
    expect(user.account()).toBeUndefined()
  })

  test.each([
    ['nothing', '', 'it is empty'],
    ['only a newline', '\n', 'it is empty'],
    ['two lines', `${KEY}\n${NEXT}\n`, 'it ends a line'],
    ['a key that no keychain of Windows holds', 'k'.repeat(2501), 'longer than 2500 characters'],
    ['far too much', 'k'.repeat(200_000), 'longer than 2500 characters'],
    ['a letter that no header can carry', 'schlüssel', 'character 5 is not printable ASCII'],
  ])('%s is refused, and what is there stays', async (_case, input, words) => {
    const user = await openLoginUser('unlocked', { default: 'before' })
    writeAccount(user.state, { account: 'default', origin: GATEWAY, storedAt: null })
    const result = await user.run(['login', '--stdin'], { input })
    expect(result).toMatchObject({ exitCode: 4, stdout: '', stderr: expect.stringContaining(words) })
    expect(result.stderr).not.toContain('sk-ant')
    expect(user.service.lookUp('default')).toBe('before')
    expect(user.account()).toMatchObject({ origin: GATEWAY })
  })

  test('a folder that cannot be written is named', async () => {
    const user = await openLoginUser()
    const env = { CLAUDE_GW_STATE_DIR: '/dev/null/x' }
    const result = await user.run(['login', '--stdin'], { input: KEY, env })
    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/dev/null/x') })
  })

  test('another state folder makes the key none for another upstream', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    const env = { CLAUDE_GW_STATE_DIR: temporaryDirectory(), CLAUDE_GW_UPSTREAM: GATEWAY }
    const result = await user.run(['--credential', 'keychain:', 'key'], { env })
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain(`was stored for ${ANTHROPIC}`)
  })

  test('what an error tells to confirm a key with does so, without a terminal', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    const env = { CLAUDE_GW_UPSTREAM: GATEWAY }
    const { stderr } = await user.run(['key'], { env })
    const command = /say so with `claude-gw (.*?)`/.exec(stderr)?.[1] ?? ''
    expect(await user.run(command.split(' '))).toMatchObject({ exitCode: 0 })
    expect(await user.run(['key'], { env })).toMatchObject({ exitCode: 0, stdout: `${KEY}\n` })
  })

  const FAULTS: readonly [KeychainState, string][] = [
    ['locked', 'the keychain is locked'],
    ['fresh', 'no collection'],
    ['no service', 'no session bus'],
    ['wrong bus', 'no session bus'],
    ['no bus', 'no session bus'],
  ]

  test.each(FAULTS)('%s: exit 4, the cause, and the record stays', async (state, cause) => {
    const user = await openLoginUser(state, state === 'locked' ? { default: 'before' } : {})
    const before = { account: 'default', origin: ANTHROPIC, storedAt: null }
    writeAccount(user.state, before)
    const result = await user.run(['login', '--stdin'], { input: KEY })
    expect(result).toMatchObject({ exitCode: 4, stdout: '', stderr: expect.stringContaining(cause) })
    expect(result.stderr).toContain('--credential env:NAME')
    expect(result.stderr).not.toContain(KEY)
    expect(user.account()).toEqual(before)
  })
})

test.each([
  ['an argument', ['login', KEY]],
  ['a value to an option', ['login', `--stdin=${KEY}`]],
  ['an option of its own', ['login', '--key', KEY]],
  ['an option with a value', ['login', `--key=${KEY}`]],
  ['an argument behind --', ['login', '--stdin', '--', KEY]],
])('a key in %s is refused, and not repeated', async (_case, args) => {
  const env = { CLAUDE_GW_STATE_DIR: temporaryDirectory() }
  const result = await runCli(args, { env, input: KEY })
  expect(result).toMatchObject({ exitCode: 2, stdout: '' })
  expect(result.stderr).toContain('`login` takes no arguments')
  expect(result.stderr).not.toContain('canary')
})

test.each([
  ['no terminal', ['login'], 'use `claude-gw login --stdin < FILE`'],
  ['a new key and the stored one at once', ['login', '--stdin', '--keep'], '`--keep` keeps the stored one'],
])('%s is a usage error', async (_case, args, words) => {
  const env = { CLAUDE_GW_STATE_DIR: temporaryDirectory() }
  expect(await runCli(args, { env, input: KEY })).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining(words),
  })
})

test('a reference that is none is an error of the configuration, and not repeated', async () => {
  const env = { CLAUDE_GW_STATE_DIR: temporaryDirectory(), CLAUDE_GW_CREDENTIAL: KEY }
  const result = await runCli(['login', '--stdin'], { env, input: KEY })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).not.toContain('canary')
})
