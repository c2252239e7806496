import type { Failure } from './attempt.ts'

export type RetryPolicy = 'off' | 'connect'

/** Gives a network that is just coming back a moment, and is short against any client's patience. */
export const CONNECT_RETRY_DELAY_MS = 250

/**
 * Whether a failed attempt may be sent once more, and after how many ms; always before any byte of an answer.
 * A reused connection that died was closed by its other end while idle, as keep-alive allows (RFC 9112 section
 * 9.3.1); a connection that never stood carried no byte. Anything else may have been processed and billed.
 */
export function retryDelayMs(failure: Failure, failures: number, policy: RetryPolicy): number | undefined {
  if (failures > 1) return undefined
  if (failure.kind === 'dead-socket') return 0
  if (failure.kind === 'unreachable' && policy === 'connect') return CONNECT_RETRY_DELAY_MS
  return undefined
}

/** Whether an upstream's answer says that the credential was not accepted. */
export function refusesCredential(status: number): boolean {
  return status === 401 || status === 403
}
