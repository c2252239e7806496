import type { Finding } from './check.ts'
import { skipped } from './check.ts'

/** What checks go by, or why it is not known. */
export type Fact<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly error: unknown }

/** Keeps what reading gives, and an error as well. */
export async function factOf<T>(read: () => T | Promise<T>): Promise<Fact<T>> {
  try {
    return { isKnown: true, value: await read() }
  } catch (error) {
    return { isKnown: false, error }
  }
}

/** The value, for what is read next. @throws the error of what is not known */
export function known<T>(fact: Fact<T>): T {
  if (fact.isKnown) return fact.value
  throw fact.error
}

/**
 * Finds something by a fact; skipped where that is not known.
 * @param teller id of the check that tells why
 */
export function given<T>(
  fact: Fact<T>,
  teller: string,
  find: (value: T) => Finding | Promise<Finding>,
): Finding | Promise<Finding> {
  return fact.isKnown ? find(fact.value) : skipped(`it needs what failed, see \`${teller}\``)
}
