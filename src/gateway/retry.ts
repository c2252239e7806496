import type { IncomingHttpHeaders } from 'node:http'
import type { Failure } from './attempt.ts'

/** `429` is `connect`, and waits as well until a throttled request may go out again. */
export type RetryPolicy = 'off' | 'connect' | '429'

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
  if (failure.kind === 'unreachable' && policy !== 'off') return CONNECT_RETRY_DELAY_MS
  return undefined
}

/** Whether an upstream's answer says that the credential was not accepted. */
export function refusesCredential(status: number): boolean {
  return status === 401 || status === 403
}

/** What an exchange has waited so far for its turn. */
export interface Waiting {
  readonly count: number
  readonly ms: number
}

/** In all, and far below the ten minutes that Claude Code waits for an answer. */
const LONGEST_WAIT_MS = 60_000
const MOST_WAITS = 5
const FIRST_WAIT_MS = 1_000
/** Clients that were told the same time must not all come back at once. */
const JITTER = 0.25

/**
 * How long a throttled request waits before it goes out again: as long as `retry-after` says (RFC 9110 section 10.2.3,
 * in seconds), else twice as long each time. Undefined where waiting is of no use: it would be too long, the upstream says
 * so (`x-should-retry`), or it is the limit of a plan, which Claude Code explains to its user.
 * @param random from 0 to 1
 */
export function throttleDelayMs(
  status: number,
  headers: IncomingHttpHeaders,
  waited: Waiting,
  random = Math.random(),
): number | undefined {
  if (status !== 429 || headers['x-should-retry'] === 'false' || isPlanLimit(headers)) return undefined
  const { 'retry-after': after } = headers
  const baseMs = after && /^\d+$/.test(after) ? Number(after) * 1000 : FIRST_WAIT_MS * 2 ** waited.count
  const delayMs = Math.ceil(baseMs * (1 + JITTER * random))
  const isTooMuch = waited.count >= MOST_WAITS || waited.ms + delayMs > LONGEST_WAIT_MS
  return isTooMuch ? undefined : delayMs
}

/** https://platform.claude.com/docs/en/api/rate-limits has those of the API, which have other names. */
function isPlanLimit(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => name.startsWith('anthropic-ratelimit-unified-'))
}
