import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { Account } from '../../../src/credentials/accounts.ts'
import { readAccount, writeAccount } from '../../../src/credentials/accounts.ts'
import type { Keychain } from '../../../src/credentials/keychain.ts'
import { confirmKey, storeKey } from '../../../src/credentials/store-key.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const ORIGIN = 'https://gateway.example'
const BEFORE = { account: 'work', origin: 'https://elsewhere.example', storedAt: '2026-11-21T00:00:00Z' }

const ACTS = { storing: storeKey, confirming: confirmKey }

test('notes the origin, and when', async () => {
  const { destination, account } = openAccount()
  await storeKey(destination, keychainThat(), 'key')
  expect(account()).toEqual({ account: 'work', origin: ORIGIN, storedAt: expect.stringMatching(/^20.*Z$/) })
})

test('confirming changes the origin alone', async () => {
  const { destination, account } = openAccount(BEFORE)
  await confirmKey(destination, keychainThat(), 'key')
  expect(account()).toEqual({ ...BEFORE, origin: ORIGIN })
})

test.each(Object.entries(ACTS))('%s asks the keychain, and then notes it', async (_act, act) => {
  const { destination, account } = openAccount(BEFORE)
  const during: unknown[] = []
  const keychain = keychainThat((...asked) => void during.push(asked, account()))
  await act(destination, keychain, 'key')
  expect(during).toEqual([['work', 'key', ORIGIN], BEFORE])
})

test.each(Object.entries(ACTS))('%s that fails leaves what is noted', async (_act, act) => {
  const { destination, account } = openAccount(BEFORE)
  const locked = new GatewayError('KEYCHAIN_LOCKED', { reason: 'locked' })
  const keychain = keychainThat(() => {
    throw locked
  })
  await expect(act(destination, keychain, 'key')).rejects.toBe(locked)
  expect(account()).toEqual(BEFORE)
})

function openAccount(before?: Account) {
  const stateDirectory = temporaryDirectory()
  if (before) writeAccount(stateDirectory, before)
  return {
    destination: { stateDirectory, account: 'work', origin: ORIGIN },
    account: () => readAccount(stateDirectory, 'work'),
  }
}

function keychainThat(onAsk: (...asked: readonly string[]) => void = () => {}): Keychain {
  const ask = async (...asked: readonly string[]) => onAsk(...asked)
  return { get: async () => undefined, set: ask, confirm: ask, delete: async () => false }
}
