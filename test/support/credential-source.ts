import { setTimeout as delay } from 'node:timers/promises'
import { GatewayError } from '../../src/base/errors.ts'
import type { CredentialPlan, CredentialSource, CredentialStore } from '../../src/credentials/credential.ts'
import { openSource } from '../../src/credentials/source.ts'

/** Always the same, without a promise. */
export function fixedSource(value: string): CredentialSource {
  const credential = { value, source: 'test' }
  return { check: () => {}, current: () => credential, refresh: async () => credential }
}

export interface ChangingSource extends CredentialSource {
  /** How often it was looked for another one. */
  readonly lookUps: () => number
}

/** The real source over a place that holds `old` when it is first asked, and then `next`, or fails with it. */
export function changingSource(old: string, next: string | Error, lookUpMs = 20): ChangingSource {
  let reads = 0
  const read = async () => {
    reads += 1
    if (reads === 1) return { value: old, source: 'test' }
    await delay(lookUpMs)
    if (next instanceof Error) throw next
    return { value: next, source: 'test' }
  }
  const store: CredentialStore = { reference: 'test', freshness: 'until-refused', check: () => {}, read }
  const source = openSource([store], { missing: () => new GatewayError('CREDENTIAL_NOT_FOUND') })
  return {
    check: () => source.check(),
    current: () => source.current(),
    refresh: (refused) => source.refresh(refused),
    lookUps: () => reads - 1,
  }
}

/** Has nothing, and says so with this error. */
export function failingSource(error: unknown): CredentialSource {
  const fail = () => Promise.reject(error)
  return { check: () => {}, current: fail, refresh: fail }
}

/** Lets a gateway put what the source gives in place of the client's credentials. */
export function injectingFrom(source: CredentialSource): CredentialPlan {
  return { kind: 'inject', reference: 'test', source, withheld: [] }
}
