import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { Account } from '../../../src/credentials/accounts.ts'
import { readAccount, writeAccount } from '../../../src/credentials/accounts.ts'
import type { Keychain } from '../../../src/credentials/keychain.ts'
import { confirmKey, storeKey } from '../../../src/credentials/store-key.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const ORIGIN = 'https://gateway.example'
const ELSEWHERE = 'https://elsewhere.example'
const LOCKED = new GatewayError('KEYCHAIN_LOCKED', { reason: 'locked' })
const SILENT = new GatewayError('KEYCHAIN_SILENT', { seconds: 60 })

test('notes the origin, and when', async () => {
  const { destination, account } = openAccount()
  await storeKey(destination, keychainThat(), 'key')
  expect(account()).toEqual({ account: 'work', origin: ORIGIN, storedAt: expect.stringMatching(/^20.*Z$/) })
})

test('while the keychain is being written, the account has no origin', async () => {
  const { destination, account } = openAccount({ account: 'work', origin: ELSEWHERE, storedAt: null })
  const during: (Account | undefined)[] = []
  await storeKey(
    destination,
    keychainThat(() => void during.push(account())),
    'key',
  )
  expect(during).toEqual([{ account: 'work', origin: null, storedAt: null }])
})

test.each([
  ['nothing was stored', undefined, LOCKED],
  ['nothing was stored, and nobody answered', undefined, SILENT],
  ['a key for the same origin was, and nobody answered', ORIGIN, SILENT],
  ['a key for another origin was, and the keychain was locked', ELSEWHERE, LOCKED],
])('a failure leaves what was recorded: %s', async (_case, origin, error) => {
  const before = origin === undefined ? undefined : { account: 'work', origin, storedAt: null }
  const { destination, account } = openAccount(before)
  await expect(storeKey(destination, keychainThat(fail(error)), 'key')).rejects.toBe(error)
  expect(account()).toEqual(before)
})

test('a key that may yet be stored is for no other origin', async () => {
  const { destination, account } = openAccount({ account: 'work', origin: ELSEWHERE, storedAt: null })
  await expect(storeKey(destination, keychainThat(fail(SILENT)), 'key')).rejects.toBe(SILENT)
  expect(account()).toMatchObject({ origin: null })
})

test('confirming changes the origin alone', () => {
  const before = { account: 'work', origin: ELSEWHERE, storedAt: '2026-11-21T00:00:00Z' }
  const { destination, account } = openAccount(before)
  confirmKey(destination)
  expect(account()).toEqual({ ...before, origin: ORIGIN })
})

function openAccount(before?: Account) {
  const stateDirectory = temporaryDirectory()
  if (before) writeAccount(stateDirectory, before)
  return {
    destination: { stateDirectory, account: 'work', origin: ORIGIN },
    account: () => readAccount(stateDirectory, 'work'),
  }
}

function fail(error: GatewayError): () => never {
  return () => {
    throw error
  }
}

function keychainThat(onSet: () => void = () => {}): Keychain {
  return {
    get: async () => undefined,
    set: async () => onSet(),
    delete: async () => false,
  }
}
