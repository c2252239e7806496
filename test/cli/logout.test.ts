import { describe, expect, test } from 'vitest'
import { writeAccount } from '../../src/credentials/accounts.ts'
import { openLoginUser } from '../support/login.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const KEY = 'sk-ant-api03-canary'
const RECORD = { account: 'default', origin: 'https://api.anthropic.com', storedAt: null }

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('deletes the key and what is recorded of it', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    expect(await user.run(['logout'])).toEqual({
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: 'claude-gw: removed from the Secret Service keyring (service claude-gw, account default)\n',
    })
    expect(user.service.lookUp('default')).toBeUndefined()
    expect(user.account()).toBeUndefined()
  })

  test('leaves the keys of other accounts alone', async () => {
    const user = await openLoginUser('unlocked', { default: KEY, team: KEY })
    await user.run(['--upstream', 'https://gateway.example', '--profile', 'team', 'logout'])
    expect(user.service.lookUp('default')).toBe(KEY)
    expect(user.service.lookUp('team')).toBeUndefined()
  })

  test('deletes the account that `credential` names', async () => {
    const user = await openLoginUser('unlocked', { default: KEY, shared: KEY })
    await user.run(['--credential', 'keychain:shared', 'logout'])
    expect(user.service.lookUp('shared')).toBeUndefined()
    expect(user.service.lookUp('default')).toBe(KEY)
  })

  test('says that nothing is stored, and forgets a record without a key', async () => {
    const user = await openLoginUser()
    writeAccount(user.state, RECORD)
    const result = await user.run(['logout'])
    expect(result).toMatchObject({
      exitCode: 0,
      stderr: 'claude-gw: nothing is stored for keychain:default\n',
    })
    expect(user.account()).toBeUndefined()
  })

  test('--quiet says nothing of success', async () => {
    const user = await openLoginUser('unlocked', { default: KEY })
    expect(await user.run(['--quiet', 'logout'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('deletes the origin with the key', async () => {
    const user = await openLoginUser()
    await user.run(['login', '--stdin'], { input: KEY })
    expect(user.service.lookUpOrigin('default')).toContain('https://api.anthropic.com ')
    await user.run(['logout'])
    expect(user.service.lookUpOrigin('default')).toBeUndefined()
  })

  test.each<KeychainState>(['locked', 'fresh', 'no service', 'wrong bus', 'no bus'])(
    '%s: exit 4, what is noted is forgotten, and the key is said to be there yet',
    async (state) => {
      const user = await openLoginUser(state, state === 'locked' ? { default: KEY } : {})
      writeAccount(user.state, RECORD)
      const result = await user.run(['--quiet', 'logout'])
      expect(result).toMatchObject({ exitCode: 4, stdout: '' })
      expect(result.stderr).toContain('the key may still be in the Secret Service keyring (service claude-gw')
      expect(result.stderr).toContain('--credential env:NAME')
      expect(user.account()).toBeUndefined()
    },
  )
})
