import type { Outcome, PolicyRequest } from '../policy.ts'
import type { Denial } from './denial.ts'
import { notJson, Unreadable } from './denial.ts'
import type { GuardSettings } from './guard-settings.ts'
import type { PatternCounts } from './pattern-counts.ts'
import { createPatternCounter } from './pattern-counts.ts'

/** What is said of a request that is sent though it could not be looked through. */
export const UNREAD = { rule: 'guard.unreadable', action: 'flag', count: 1 } as const

/** Judges requests by what is found in them. @returns a function that throws Unreadable */
export function createPatternRules({
  deny,
  flag,
}: Pick<GuardSettings, 'deny' | 'flag'>): (request: PolicyRequest) => Denial | Outcome {
  if (deny.length + flag.length === 0) return () => ({ decisions: [] })
  const countPatterns = createPatternCounter([deny, flag])
  return ({ body, session = '', agent = '' }) => {
    const [denied, flagged] = readable(() => countPatterns(body, `${session} ${agent}`))
    if (denied === undefined)
      throw new Unreadable('takes too long to be looked through for the patterns of policies.guard.deny')
    if (denied > 0) return patternDenial(denied)
    if (flagged === undefined) return { decisions: [UNREAD] }
    return { decisions: flagged > 0 ? [{ rule: 'guard.flag', action: 'flag', count: flagged }] : [] }
  }
}

function readable(count: () => PatternCounts): PatternCounts {
  try {
    return count()
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson()
    throw error
  }
}

function patternDenial(count: number): Denial {
  return {
    rule: 'guard.deny',
    key: 'deny',
    count,
    reason: `holds what may not be sent, in ${count === 1 ? 'one place' : `${count} places`}`,
    help: 'take it out of the conversation with `/rewind` or `/clear`',
  }
}
