import type { RuleMatch } from './rule-match.ts'

/**
 * Where a text stands: behind the system prompt, behind the first block of it, which says who asks, or behind what a user
 * says in each turn.
 */
export const DECORATOR_PLACES = ['system-end', 'system-start', 'user-turn'] as const
export type DecoratorPlace = (typeof DECORATOR_PLACES)[number]

/** One entry of `policies.decorators`. */
export interface DecoratorRule {
  readonly name: string
  /** With variables, for `fillText`. */
  readonly text: string
  readonly at: DecoratorPlace
  readonly match: RuleMatch
}
