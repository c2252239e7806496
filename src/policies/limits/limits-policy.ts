import type { Outcome, Policy } from '../policy.ts'
import { NO_OUTCOME } from '../policy.ts'
import type { LimitDecision } from './limit-decision.ts'
import type { Limits } from './limits.ts'
import type { Subject } from './subject.ts'

/** Whom all requests of a gateway are for. */
export type LimitedParty = Pick<Subject, 'profile' | 'project' | 'user'>

/** Rejects what there is no room for, and holds what the others are estimated to use. */
export function limitsPolicy(limits: Limits, party: LimitedParty): Policy {
  return {
    apply: ({ path, body, model, maxTokens, session }) => {
      const subject = { ...party, model, session }
      const decision = limits.decide({ path, subject, bodyBytes: body.length, maxTokens })
      return decision instanceof Promise ? decision.then(outcomeOf) : outcomeOf(decision)
    },
    close: () => limits.close(),
  }
}

function outcomeOf(decision: LimitDecision): Outcome {
  if (decision.kind === 'reject') {
    const { rule, error } = decision
    return { decisions: [{ rule: `limits.${rule}`, action: 'limit', count: 1 }], rejection: error }
  }
  const { reservation } = decision
  return reservation ? { decisions: [], settle: reservation.settle } : NO_OUTCOME
}
