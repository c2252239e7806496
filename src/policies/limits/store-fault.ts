import { reasonOf } from '../../base/errors.ts'

/** What is wrong with a store of limits, for people. */
export interface StoreFault {
  readonly [detail: string]: string
  readonly what: string
  readonly reason: string
  readonly remedy: string
}

/** Redis tells in the first word of an error why it lets nobody in. */
export function storeFault(error: unknown): StoreFault {
  const reason = reasonOf(error).replace(/\.+$/, '')
  const what = REFUSALS.find(([pattern]) => pattern.test(reason))?.[1]
  return {
    what: what ?? 'cannot be reached',
    reason,
    remedy: `${what === undefined ? 'check policies.limits.store' : PASSWORD}, or let requests pass without it with policies.limits.onStoreError`,
  }
}

const REFUSALS = [
  [/\bWRONGPASS\b/, 'does not take the password of policies.limits.storeCredential'],
  [/\bNOAUTH\b/, 'asks for a password'],
] as const

const PASSWORD =
  'name the place of its password with `claude-gw config set policies.limits.storeCredential REFERENCE`'
