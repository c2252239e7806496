import type { GatewayError } from '../base/errors.ts'
import type { CredentialStore } from './credential.ts'
import type { Lease } from './lease.ts'
import { leaseOf } from './lease.ts'

export interface SearchOptions {
  /** The error where no store has anything. */
  readonly missing: () => GatewayError
  /** Called with what is waited for, once for each time a store takes long to answer. */
  readonly onWait?: (reference: string) => void
  readonly noticeAfterMs?: number
  /** Wall clock, in ms: tokens expire by it, and it goes on while the machine sleeps. */
  readonly now?: () => number
}

const NOTICE_AFTER_MS = 2_000

/**
 * Asks the stores in their order: one that has nothing lets the next be asked, one that fails ends the search. Without
 * a promise if no store needs one.
 * @throws GatewayError `missing`, CREDENTIAL_FAILED for an expired token, and the stores' own
 */
export function search(
  [store, ...others]: readonly CredentialStore[],
  options: SearchOptions,
): Lease | Promise<Lease> {
  if (!store) throw options.missing()
  const { now = Date.now } = options
  const answer = store.read()
  const next = (credential: Awaited<typeof answer>) =>
    credential ? leaseOf(store, credential, now()) : search(others, options)
  return answer instanceof Promise ? waitFor(answer, store, options).then(next) : next(answer)
}

/** Somebody may have to be told that it takes long, such as of a prompt behind the terminal. */
export async function waitFor<T>(
  answer: Promise<T>,
  { reference }: Pick<CredentialStore, 'reference'>,
  { onWait, noticeAfterMs = NOTICE_AFTER_MS }: Pick<SearchOptions, 'onWait' | 'noticeAfterMs'>,
): Promise<T> {
  const timer = setTimeout(() => onWait?.(reference), noticeAfterMs).unref()
  try {
    return await answer
  } finally {
    clearTimeout(timer)
  }
}
