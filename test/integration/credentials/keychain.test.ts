import { describe, expect, test } from 'vitest'
import { openKeychain } from '../../../src/credentials/keychain.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { machine } from '../../support/surroundings.ts'

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('gives what was set, until it is deleted', async () => {
    const keychain = openKeychain(machine((await startSecretService()).env))
    await keychain.set('work', 'secret-1')
    expect(await keychain.get('work')).toBe('secret-1')
    expect(await keychain.delete('work')).toBe(true)
    expect(await keychain.get('work')).toBeUndefined()
  })

  test('replaces what is there', async () => {
    const keychain = openKeychain(machine((await startSecretService()).env))
    await keychain.set('work', 'secret-1')
    await keychain.set('work', 'secret-2')
    expect(await keychain.get('work')).toBe('secret-2')
  })

  test('says whether there was something to delete', async () => {
    const keychain = openKeychain(machine((await startSecretService()).env))
    expect(await keychain.delete('work')).toBe(false)
  })

  test.each(['Überraschung 🔑', 'a"b\\c', 'two words', '$HOME; true', '--help'])(
    'takes the account %s as it is',
    async (account) => {
      const keychain = openKeychain(machine((await startSecretService()).env))
      await keychain.set(account, 'secret-1')
      expect(await keychain.get(account)).toBe('secret-1')
      expect(await keychain.get(`${account}2`)).toBeUndefined()
    },
  )

  test('keeps 2,500 characters', async () => {
    const keychain = openKeychain(machine((await startSecretService()).env))
    await keychain.set('work', 's'.repeat(2500))
    expect(await keychain.get('work')).toBe('s'.repeat(2500))
  })

  test.each([
    ['2,501 characters', 's'.repeat(2501)],
    ['nothing', ''],
    ['a NUL', 'secret\0more'],
    ['two lines', 'secret\r\nmore'],
    ['other letters than ASCII', 'sécret'],
  ])('refuses %s and keeps what is there', async (_case, secret) => {
    const keychain = openKeychain(machine((await startSecretService('unlocked', { work: 'old' })).env))
    await expect(keychain.set('work', secret)).rejects.toMatchObject({ code: 'CREDENTIAL_FAILED' })
    expect(await keychain.get('work')).toBe('old')
  })

  test('finds what secret-tool stored with the generic schema', async () => {
    const { env } = await startSecretService('unlocked', { work: 'secret-1' })
    expect(await openKeychain(machine(env)).get('work')).toBe('secret-1')
  })

  test('stores what secret-tool finds', async () => {
    const service = await startSecretService()
    await openKeychain(machine(service.env)).set('work', 'secret-1')
    expect(service.lookUp('work')).toBe('secret-1')
  })

  test('leaves nothing of its own behind when there is nothing', async () => {
    const service = await startSecretService()
    await openKeychain(machine(service.env)).get('work')
    expect(service.lookUp('claude-gw probe')).toBeUndefined()
  })

  test('a later one asks anew', async () => {
    const service = await startSecretService('unlocked', { work: 'secret-1' })
    const keychain = openKeychain(machine(service.env))
    await keychain.get('work')
    service.store('work', 'secret-2')
    expect(await keychain.get('work')).toBe('secret-2')
  })

  test('what NODE_OPTIONS loads into this process does not come between', async () => {
    const { env } = await startSecretService('unlocked', { work: 'secret-1' })
    const noisy = { ...env, NODE_OPTIONS: `--import data:text/javascript,console.log('noise')` }
    expect(await openKeychain(machine(noisy)).get('work')).toBe('secret-1')
  })
})
