import type { RuleMatch } from './rule-match.ts'

/** What a limit counts; `burst` is requests that begin within one second, `concurrent` those that are under way. */
export const LIMIT_AMOUNTS = [
  'requests',
  'inputTokens',
  'outputTokens',
  'tokens',
  'usd',
  'concurrent',
  'burst',
] as const
export type LimitAmount = (typeof LIMIT_AMOUNTS)[number]

/** Minutes and hours slide; days and months are those of the calendar; a run is one process. */
export const LIMIT_PERIODS = ['minute', 'hour', 'day', 'month', 'run'] as const
export type LimitPeriod = (typeof LIMIT_PERIODS)[number]

/** What each has an amount of its own for; `all` share one. */
export const LIMIT_GROUPS = ['all', 'profile', 'model', 'project', 'session', 'user'] as const
export type LimitGroup = (typeof LIMIT_GROUPS)[number]

/** One entry of `policies.limits.rules`. */
export interface LimitRule {
  readonly name: string
  readonly what: LimitAmount
  /** Above 0; USD, tokens or requests. */
  readonly most: number
  /** Absent where `what` is `concurrent` or `burst`. */
  readonly per?: LimitPeriod
  readonly by: LimitGroup
  /** The part of `most` from which on people are told, 0 to 1. */
  readonly warnAt: number
  readonly match: RuleMatch
}

/** What becomes of requests while the store cannot be reached. */
export const STORE_ERROR_CHOICES = ['local', 'open', 'closed'] as const
export type OnStoreError = (typeof STORE_ERROR_CHOICES)[number]

/** The whole of `policies.limits`. */
export interface LimitSettings {
  readonly rules: readonly LimitRule[]
  /** `redis://…` or `rediss://…`, without a password. */
  readonly store?: string
  /** A reference to the password of the store. */
  readonly storeCredential?: string
  readonly onStoreError: OnStoreError
}
