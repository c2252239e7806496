import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deleteAccount, readAccount, writeAccount } from '../../../src/credentials/accounts.ts'
import type { Keychain } from '../../../src/credentials/keychain.ts'
import { keychainStore } from '../../../src/credentials/keychain-store.ts'
import { compiledKeychain } from '../../support/compiled-keychain.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const UPSTREAM = 'https://gateway.example'
const STORED = { account: 'work', loginCommand: 'claude-gw login', freshness: 'until-refused' } as const

const reason = secretServiceUnavailable
const { open } = compiledKeychain()

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

test('a key that is noted for another origin stays, and the keychain is not even asked', async () => {
  const state = temporaryDirectory()
  record(state, 'https://other.example')
  const store = storeOf(state, keychainOf(notAsked))
  const error = await Promise.resolve(store.read()).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'CREDENTIAL_ORIGIN', exitCode: 4 })
  expect(error.message).toContain('was stored for https://other.example')
  expect(error.remedy).toContain('say so with `claude-gw login`')
  expect(store.check).toThrow('was stored for https://other.example')
})

test.each([
  ['another origin', 'https://other.example', 'was stored for https://other.example'],
  ['no origin', null, 'was stored for no upstream'],
])('the keychain decides, whatever is noted: %s', async (_case, origin, message) => {
  const state = temporaryDirectory()
  record(state, UPSTREAM)
  const store = storeOf(state, { ...keychainOf(notAsked), get: async () => ({ origin }) })
  store.check()
  const error = await Promise.resolve(store.read()).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
  expect(error.message).toContain(message)
})

test('a note that cannot be read is written anew', async () => {
  const state = temporaryDirectory()
  record(state, null)
  const store = storeOf(
    state,
    keychainOf(() => 'secret'),
  )
  store.check()
  await store.read()
  expect(readAccount(state, 'work')?.origin).toBe(UPSTREAM)
})

test('a login that comes between the question and the answer counts', async () => {
  const state = temporaryDirectory()
  record(state, UPSTREAM)
  const keychain = keychainOf(() => {
    record(state, 'https://other.example')
    return 'secret'
  })
  await expect(storeOf(state, keychain).read()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
})

describe('after a key was read, its check', () => {
  test('passes as long as the note stands', async () => {
    const { store } = await openRead()
    store.check()
  })

  test('fails after a logout, until it is read again', async () => {
    const { state, store } = await openRead()
    deleteAccount(state, 'work')
    expect(store.check).toThrow('what was stored for keychain:work is there no more')
    await store.read()
    store.check()
  })

  test('passes again once nothing was found', async () => {
    const { state, store, content } = await openRead()
    deleteAccount(state, 'work')
    content.secret = undefined
    expect(await store.read()).toBeUndefined()
    store.check()
  })

  test('fails after a login for another origin', async () => {
    const { state, store } = await openRead()
    record(state, 'https://other.example')
    expect(store.check).toThrow('was stored for https://other.example')
  })

  test('fails where the note cannot be read', async () => {
    const { state, store } = await openRead()
    record(state, null)
    expect(store.check).toThrow('no more')
  })
})

test('a secret that goes to no upstream is given whatever is noted, and notes nothing', async () => {
  const state = temporaryDirectory()
  const asked: unknown[] = []
  const get = async (...args: readonly unknown[]) => {
    asked.push(args)
    return { secret: 'passphrase', origin: UPSTREAM }
  }
  const store = keychainStore(
    { ...STORED, upstream: undefined, stateDirectory: state },
    { ...keychainOf(notAsked), get },
  )
  expect(await store.read()).toMatchObject({ value: 'passphrase' })
  store.check()
  expect(asked).toEqual([['work', undefined]])
  expect(readAccount(state, 'work')).toBeUndefined()
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
    const keychain = open((await startSecretService('unlocked', { work: 'secret' })).env)
    expect(await storeOf(temporaryDirectory(), keychain).read()).toMatchObject({ value: 'secret' })
    const elsewhere = storeOf(temporaryDirectory(), keychain, 'https://elsewhere.example')
    await expect(elsewhere.read()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
  })

  test('no state folder makes the key one for another origin', async () => {
    const keychain = open((await startSecretService()).env)
    await keychain.set('work', 'secret', UPSTREAM)
    const forged = temporaryDirectory()
    record(forged, 'https://elsewhere.example')
    for (const state of [forged, temporaryDirectory()]) {
      const elsewhere = storeOf(state, keychain, 'https://elsewhere.example')
      await expect(elsewhere.read()).rejects.toMatchObject({
        code: 'CREDENTIAL_ORIGIN',
        message: expect.stringContaining(`was stored for ${UPSTREAM}`),
      })
    }
  })

  test('a fault of the keychain is the fault of the store', async () => {
    const keychain = open((await startSecretService('locked', { work: 'secret' })).env)
    await expect(storeOf(temporaryDirectory(), keychain).read()).rejects.toMatchObject({
      code: 'KEYCHAIN_LOCKED',
    })
  })
})

async function openRead() {
  const state = temporaryDirectory()
  const content: { secret: string | undefined } = { secret: 'secret' }
  const store = storeOf(
    state,
    keychainOf(() => content.secret),
  )
  await store.read()
  return { state, store, content }
}

function storeOf(stateDirectory: string, keychain: Keychain, upstream = UPSTREAM) {
  return keychainStore({ ...STORED, upstream, stateDirectory }, keychain)
}

/** Gives what it has to every origin. */
function keychainOf(find: () => string | undefined): Keychain {
  const get: Keychain['get'] = async (_account, origin) => {
    const secret = find()
    return secret === undefined ? undefined : { secret, origin }
  }
  return { get, set: notAsked, confirm: notAsked, delete: notAsked }
}

function notAsked(): never {
  throw new Error('the keychain was asked')
}

function record(state: string, origin: string | null): void {
  writeAccount(state, { account: 'work', origin, storedAt: null })
}
