import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAccount, writeAccount } from '../../../src/credentials/accounts.ts'
import type { Keychain } from '../../../src/credentials/keychain.ts'
import { openKeychain } from '../../../src/credentials/keychain.ts'
import { keychainStore } from '../../../src/credentials/keychain-store.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { machine } from '../../support/surroundings.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const UPSTREAM = 'https://gateway.example'
const reason = secretServiceUnavailable

test('names the place, and does not ask it before it is read', () => {
  const store = storeOf(
    temporaryDirectory(),
    keychainOf(() => 'secret'),
  )
  store.check()
  expect(store).toMatchObject({ reference: 'keychain:work', freshness: 'until-refused' })
})

test('gives the key that is recorded for this upstream', async () => {
  const state = temporaryDirectory()
  record(state, UPSTREAM)
  expect(
    await storeOf(
      state,
      keychainOf(() => 'secret'),
    ).read(),
  ).toEqual({
    value: 'secret',
    source: 'keychain:work',
  })
})

test('an account without a key is not found, and not recorded', async () => {
  const state = temporaryDirectory()
  expect(
    await storeOf(
      state,
      keychainOf(() => undefined),
    ).read(),
  ).toBeUndefined()
  expect(readdirSync(state)).toEqual([])
})

test('the first use records the origin', async () => {
  const state = temporaryDirectory()
  await storeOf(
    state,
    keychainOf(() => 'secret'),
  ).read()
  expect(readAccount(state, 'work')).toEqual({ account: 'work', origin: UPSTREAM, storedAt: null })
  const elsewhere = storeOf(
    state,
    keychainOf(() => 'secret'),
    'https://elsewhere.example',
  )
  await expect(elsewhere.read()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
})

test('of two first uses at once, one gets the key', async () => {
  const state = temporaryDirectory()
  const keychain = keychainOf(() => 'secret')
  const reads = ['https://a.example', 'https://b.example'].map((upstream) =>
    storeOf(state, keychain, upstream).read(),
  )
  const results = await Promise.allSettled(reads)
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test.each([
  ['another origin', 'https://other.example', 'was stored for https://other.example'],
  ['no origin yet', null, 'was stored for no upstream yet'],
])('a key for %s stays, and the keychain is not even asked', async (_case, origin, message) => {
  const state = temporaryDirectory()
  record(state, origin)
  const store = storeOf(state, keychainOf(notAsked))
  const error = await Promise.resolve(store.read()).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'CREDENTIAL_ORIGIN', exitCode: 4 })
  expect(error.message).toContain(message)
  expect(error.remedy).toContain('claude-gw login')
  expect(store.check).toThrow(message)
})

test('a login that comes between the question and the answer counts', async () => {
  const state = temporaryDirectory()
  record(state, UPSTREAM)
  const keychain = keychainOf(() => {
    record(state, null)
    return 'secret-of-another-upstream'
  })
  await expect(storeOf(state, keychain).read()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
})

test('the newline of a key piped into the keychain is left out', async () => {
  const store = storeOf(
    temporaryDirectory(),
    keychainOf(() => 'secret\n'),
  )
  expect(await store.read()).toMatchObject({ value: 'secret' })
})

test.each(['', '\n', 'secret\nsecret'])('a key %j fails, is not shown, and pins nothing', async (value) => {
  const state = temporaryDirectory()
  const error = await Promise.resolve(
    storeOf(
      state,
      keychainOf(() => value),
    ).read(),
  ).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'CREDENTIAL_FAILED' })
  expect(error.message).toContain('keychain:work')
  expect(error.message).not.toContain('secret')
  expect(readAccount(state, 'work')).toBeUndefined()
})

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('a key that a script put there is used, and goes nowhere else afterwards', async () => {
    const state = temporaryDirectory()
    const keychain = openKeychain(machine((await startSecretService('unlocked', { work: 'secret' })).env))
    expect(await storeOf(state, keychain).read()).toMatchObject({ value: 'secret' })
    const elsewhere = storeOf(state, keychain, 'https://elsewhere.example')
    await expect(elsewhere.read()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
  })

  test('a fault of the keychain is the fault of the store', async () => {
    const keychain = openKeychain(machine((await startSecretService('locked', { work: 'secret' })).env))
    await expect(storeOf(temporaryDirectory(), keychain).read()).rejects.toMatchObject({
      code: 'KEYCHAIN_LOCKED',
    })
  })
})

function storeOf(stateDirectory: string, keychain: Keychain, upstream = UPSTREAM) {
  const loginCommand = 'claude-gw login'
  const stored = {
    account: 'work',
    upstream,
    stateDirectory,
    loginCommand,
    freshness: 'until-refused',
  } as const
  return keychainStore(stored, keychain)
}

function keychainOf(get: () => string | undefined): Keychain {
  return { get: async () => get(), set: notAsked, delete: notAsked }
}

function notAsked(): never {
  throw new Error('the keychain was asked')
}

function record(state: string, origin: string | null): void {
  writeAccount(state, { account: 'work', origin, storedAt: null })
}
