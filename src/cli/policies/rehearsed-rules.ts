import type { PolicyAction } from '../../exchange/exchange.ts'
import type { RuleSight } from '../../policies/policy.ts'
import type { Rehearsal } from '../../policies/rehearsal.ts'

/** One line of a rehearsal: a rule, and what it sees or decides. */
export interface RehearsedRule {
  readonly rule: string
  readonly action: PolicyAction
  readonly count: number
  readonly costMs?: number | undefined
  /** Absent where a rule decides by what is no part of the body. */
  readonly sight?: RuleSight
  /** What its spans are in. */
  readonly body: Buffer
}

/** All rules that were asked, in their order, and then what was decided by others. */
export function rehearsedRules({ steps, verdict }: Rehearsal): readonly RehearsedRule[] {
  const seen = steps.flatMap(({ body, sights }) =>
    sights.map((sight) => ({ ...sight, count: sight.count ?? sight.spans.length, sight, body })),
  )
  // A rule with several patterns is seen as one for each, with the pattern behind its name.
  const isSeen = (rule: string) => seen.some((one) => one.rule === rule || one.rule.startsWith(`${rule} `))
  const others = verdict.decisions.filter(({ rule }) => !isSeen(rule))
  return [...seen, ...others.map((decision) => ({ ...decision, body: Buffer.alloc(0) }))]
}
