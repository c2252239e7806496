import type { Finder } from '../../exchange/needles.ts'
import type { GuardKey } from './denial.ts'
import type { GuardPattern } from './pattern-sights.ts'

/** What is on of `policies.guard`. */
export interface GuardSettings {
  /** Paths with `*` and `?`, of which one must fit; behind a `!`, paths that may not be. */
  readonly paths: readonly string[]
  /** How long a request may be. */
  readonly maxBytes?: number | undefined
  /** The same as for paths. */
  readonly models: readonly string[]
  /** The same for each tool that a request offers. */
  readonly tools: readonly string[]
  /** Names with `*` and `?`: for each one a tool must be offered, if any is. */
  readonly requiredTools: readonly string[]
  /** Find what no request may hold. */
  readonly deny: readonly Finder[]
  /** Find what is only counted. */
  readonly flag: readonly Finder[]
  /** Each of those patterns alone, where somebody tries them. */
  readonly patterns?: readonly GuardPattern[] | undefined
  /** Whether a request that cannot be looked through is sent all the same. */
  readonly onError: 'open' | 'closed'
  /** Names a key of `policies.guard`, the place where it stands, and who can change it. */
  readonly placeOf: (key: GuardKey) => string
}
