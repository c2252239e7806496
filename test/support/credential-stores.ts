import type { ErrorCode } from '../../src/base/errors.ts'
import { GatewayError } from '../../src/base/errors.ts'
import type { Credential, CredentialStore, Freshness } from '../../src/credentials/credential.ts'
import type { SearchOptions } from '../../src/credentials/search.ts'
import { openSource } from '../../src/credentials/source.ts'

export const START_MS = Date.parse('2026-11-20T12:00:00.000Z')
export const TTL: Freshness = { ttlMs: 300_000 }

export const FAILED = { code: 'CREDENTIAL_FAILED' }
export const NOT_FOUND = { code: 'CREDENTIAL_NOT_FOUND' }

export function open(stores: readonly CredentialStore[], options: Partial<SearchOptions> = {}) {
  const clock = { ms: START_MS }
  const missing = () => new GatewayError('CREDENTIAL_NOT_FOUND', { upstream: 'u', reason: 'r', remedy: 'm' })
  return { clock, source: openSource(stores, { missing, now: () => clock.ms, ...options }) }
}

/** A store whose content a test may change. */
export interface TestStore extends CredentialStore {
  value: string | undefined
  reads: number
  read: CredentialStore['read']
}

export function has(value: string | undefined, freshness: Freshness = 'until-refused'): TestStore {
  const store: TestStore = {
    reference: 'test',
    freshness,
    value,
    reads: 0,
    check: () => {},
    read: () => {
      store.reads += 1
      return store.value === undefined ? undefined : credential(store.value)
    },
  }
  return store
}

export function later(value: string | undefined, freshness?: Freshness): TestStore {
  const store = has(value, freshness)
  const read = store.read
  store.read = async () => read()
  return store
}

export function fails(): TestStore {
  return { ...has('a'), read: raise }
}

export function failsLater(): TestStore {
  const store = has('a')
  store.read = counted(store, async () => raise())
  return store
}

export function counted(store: TestStore, read: CredentialStore['read']): CredentialStore['read'] {
  return () => {
    store.reads += 1
    return read()
  }
}

export function raise(): never {
  throw new GatewayError('CREDENTIAL_FAILED', { reference: 'test', reason: 'no', remedy: 'look' })
}

export function credential(value: string): Credential {
  return { value, source: 'test' }
}

export function codeOf(act: () => unknown): ErrorCode | undefined {
  const error = thrownBy(act)
  return error instanceof GatewayError ? error.code : undefined
}

export function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

export function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
