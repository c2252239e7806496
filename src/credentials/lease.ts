import { GatewayError } from '../base/errors.ts'
import type { Credential, CredentialStore, Freshness } from './credential.ts'
import { expiryMs } from './token-expiry.ts'

/** A credential that a store gave, and for how long it may be used. */
export interface Lease {
  readonly credential: Credential
  readonly store: CredentialStore
  readonly readAtMs: number
  /** For so long it is used without asking the store again, */
  readonly freshMs: number
  /** then for so long while the store is asked behind it, */
  readonly usableMs: number
  /** and then only if asking fails, before this moment. */
  readonly endMs: number
}

/** A store is asked ahead of a TTL by this part of it, and of the end of a token by this time or that part, the shorter. */
const AHEAD_PART = 0.2
const AHEAD_MS = 60_000

/** @throws GatewayError CREDENTIAL_FAILED where the credential is a token that has expired */
export function leaseOf(store: CredentialStore, credential: Credential, nowMs: number): Lease {
  const expiresAtMs = expiryMs(credential.value) ?? Infinity
  const lifeMs = expiresAtMs - nowMs
  if (lifeMs <= 0) throw expired(store, expiresAtMs)
  const ttlMs = ttlMsOf(store.freshness)
  return {
    credential,
    store,
    readAtMs: nowMs,
    freshMs: Math.min(ttlMs * (1 - AHEAD_PART), lifeMs - Math.min(AHEAD_MS, lifeMs * AHEAD_PART)),
    usableMs: Math.min(ttlMs, lifeMs),
    endMs: store.freshness === 'each-use' ? -Infinity : expiresAtMs,
  }
}

function ttlMsOf(freshness: Freshness): number {
  if (typeof freshness === 'object') return freshness.ttlMs
  return freshness === 'each-use' ? 0 : Infinity
}

function expired({ reference }: CredentialStore, atMs: number): GatewayError {
  const reason = `its token expired at ${new Date(atMs).toISOString()}`
  return new GatewayError('CREDENTIAL_FAILED', { reference, reason, remedy: 'renew it where it comes from' })
}

/** Whether a time since a moment is not over; a clock that was set back does not lengthen it. */
export function isWithin(lengthMs: number, sinceMs: number, nowMs: number): boolean {
  return lengthMs === Infinity || (nowMs >= sinceMs && nowMs - sinceMs < lengthMs)
}
