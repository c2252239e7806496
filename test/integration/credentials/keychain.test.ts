import { describe, expect, test } from 'vitest'
import { compiledKeychain } from '../../support/compiled-keychain.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'

const ORIGIN = 'https://gateway.example'
const ELSEWHERE = 'https://elsewhere.example'

const reason = secretServiceUnavailable
const { open } = compiledKeychain()

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('gives what was set, until it is deleted', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret-1', ORIGIN)
    expect((await keychain.get('work'))?.secret).toBe('secret-1')
    expect(await keychain.delete('work')).toBe(true)
    expect(await keychain.get('work')).toBeUndefined()
  })

  test('replaces what is there', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret-1', ORIGIN)
    await keychain.set('work', 'secret-2', ORIGIN)
    expect((await keychain.get('work'))?.secret).toBe('secret-2')
  })

  test('says whether there was something to delete', async () => {
    const keychain = open((await startSecretService()).env)
    expect(await keychain.delete('work')).toBe(false)
  })

  test.each(['Überraschung 🔑', 'a"b\\c', 'two words', '$HOME; true', '--help'])(
    'takes the account %s as it is',
    async (account) => {
      const keychain = open((await startSecretService()).env)
      await keychain.set(account, 'secret-1', ORIGIN)
      expect((await keychain.get(account))?.secret).toBe('secret-1')
      expect(await keychain.get(`${account}2`)).toBeUndefined()
    },
  )

  test('keeps 2,500 characters', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 's'.repeat(2500), ORIGIN)
    expect((await keychain.get('work'))?.secret).toBe('s'.repeat(2500))
  })

  test.each([
    ['2,501 characters', 's'.repeat(2501)],
    ['nothing', ''],
    ['a NUL', 'secret\0more'],
    ['two lines', 'secret\r\nmore'],
    ['other letters than ASCII', 'sécret'],
  ])('refuses %s and keeps what is there', async (_case, secret) => {
    const keychain = open((await startSecretService('unlocked', { work: 'old' })).env)
    await expect(keychain.set('work', secret, ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIAL_FAILED' })
    expect((await keychain.get('work'))?.secret).toBe('old')
  })

  test('finds what secret-tool stored with the generic schema', async () => {
    const { env } = await startSecretService('unlocked', { work: 'secret-1' })
    expect((await open(env).get('work'))?.secret).toBe('secret-1')
  })

  test('stores what secret-tool finds', async () => {
    const service = await startSecretService()
    await open(service.env).set('work', 'secret-1', ORIGIN)
    expect(service.lookUp('work')).toBe('secret-1')
  })

  test('leaves nothing of its own behind when there is nothing', async () => {
    const service = await startSecretService()
    await open(service.env).get('work')
    expect(service.lookUp('claude-gw probe')).toBeUndefined()
  })

  test('a later one asks anew', async () => {
    const service = await startSecretService('unlocked', { work: 'secret-1' })
    const keychain = open(service.env)
    await keychain.get('work')
    service.store('work', 'secret-2')
    expect((await keychain.get('work'))?.secret).toBe('secret-2')
  })

  test('what NODE_OPTIONS loads into this process does not come between', async () => {
    const { env } = await startSecretService('unlocked', { work: 'secret-1' })
    const noisy = { ...env, NODE_OPTIONS: `--import data:text/javascript,console.log('noise')` }
    expect((await open(noisy).get('work'))?.secret).toBe('secret-1')
  })

  test('a key that was set is given for its origin, and for no other', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret-1', ORIGIN)
    expect(await keychain.get('work', ORIGIN)).toEqual({ secret: 'secret-1', origin: ORIGIN })
    expect(await keychain.get('work', ELSEWHERE)).toEqual({ origin: ORIGIN })
  })

  test('a secret that goes to no origin is given', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret-1', ORIGIN)
    expect(await keychain.get('work')).toEqual({ secret: 'secret-1', origin: ORIGIN })
  })

  test('the first use of a key that secret-tool stored says its origin, and the next key is for that', async () => {
    const service = await startSecretService('unlocked', { work: 'secret-1' })
    const keychain = open(service.env)
    expect(await keychain.get('work')).toEqual({ secret: 'secret-1' })
    expect(await keychain.get('work', ORIGIN)).toEqual({ secret: 'secret-1', origin: ORIGIN })
    service.store('work', 'secret-2')
    expect(await keychain.get('work', ELSEWHERE)).toEqual({ origin: ORIGIN })
    expect(await keychain.get('work', ORIGIN)).toEqual({ secret: 'secret-2', origin: ORIGIN })
  })

  test('what another program puts in place of the key of a login is for no origin', async () => {
    const service = await startSecretService()
    const keychain = open(service.env)
    await keychain.set('work', 'secret-1', ORIGIN)
    service.store('work', 'secret-2')
    expect(await keychain.get('work', ORIGIN)).toEqual({ origin: null })
  })

  test('confirming makes the key one for another origin', async () => {
    const service = await startSecretService('unlocked', { work: 'secret-1\n' })
    const keychain = open(service.env)
    await keychain.get('work', ELSEWHERE)
    await keychain.confirm('work', 'secret-1\n', ORIGIN)
    expect(await keychain.get('work', ORIGIN)).toEqual({ secret: 'secret-1\n', origin: ORIGIN })
    expect(await keychain.get('work', ELSEWHERE)).toEqual({ origin: ORIGIN })
  })

  test('a key that is another one by now is not confirmed', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret-2', ORIGIN)
    await expect(keychain.confirm('work', 'secret-1', ELSEWHERE)).rejects.toMatchObject({
      code: 'CREDENTIAL_FAILED',
      message: expect.stringContaining('another login stored a key at the same moment'),
      remedy: 'log in again',
    })
    expect(await keychain.get('work', ELSEWHERE)).toEqual({ origin: ORIGIN })
  })

  test.each([true, false])('deleting takes the origin along; the key is there: %s', async (isThere) => {
    const service = await startSecretService()
    const keychain = open(service.env)
    await keychain.set('work', 'secret-1', ORIGIN)
    if (!isThere) service.clear('work')
    expect(await keychain.delete('work')).toBe(isThere)
    expect(service.lookUpOrigin('work')).toBeUndefined()
  })
})
