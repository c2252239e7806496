import { byForm } from '../answer-form.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import type { Policy } from '../policy.ts'
import { NO_OUTCOME } from '../policy.ts'
import { AnswerCounts } from './answer-counts.ts'
import type { AnswerRule } from './answer-rule.ts'
import type { AnswerSearch } from './answer-search.ts'
import { createAnswerSearch } from './answer-search.ts'
import { EventGuard } from './event-guard.ts'
import { JsonGuard } from './json-guard.ts'
import { UNREADABLE } from './withheld.ts'

export interface AnswerGuardSettings {
  readonly rules: readonly AnswerRule[]
  /** How much of a text may wait, and so how long a value may be that is found whatever it begins with. */
  readonly maxMatchBytes: number
}

const COUNT_OF_TOKENS = /\/count_tokens\/?$/

/** Looks through the answers to all requests for a message. */
export function answerGuardPolicy({ rules, maxMatchBytes }: AnswerGuardSettings): Policy {
  const search = createAnswerSearch(rules, maxMatchBytes)
  return {
    apply: ({ path }) =>
      COUNT_OF_TOKENS.test(path) ? NO_OUTCOME : { decisions: [], answer: createAnswerGuard(search) },
  }
}

/** Looks through one answer, as the upstream sent it. What it came to is told by `decisions` at the end. */
export function createAnswerGuard(search: AnswerSearch): AnswerTransform {
  const counts = new AnswerCounts()
  const { push, end } = byForm({
    json: () => new JsonGuard(search, counts),
    events: () => new EventGuard(search, counts),
  })
  const passUnread = () => {
    if (!search.isEnforced) counts.add(UNREADABLE, 'flag')
    return !search.isEnforced
  }
  return { push, end, passUnread, decisions: () => counts.decisions() }
}
