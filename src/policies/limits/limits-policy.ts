import type { Outcome, Policy, PolicyRequest, RuleSight } from '../policy.ts'
import { NO_OUTCOME } from '../policy.ts'
import type { AccountState } from './account-state.ts'
import type { LimitDecision, LimitRequest } from './limit-decision.ts'
import type { Limits } from './limits.ts'
import { isFull } from './stop.ts'
import type { Subject } from './subject.ts'

/** Whom all requests of a gateway are for. */
export type LimitedParty = Pick<Subject, 'profile' | 'project' | 'user'>

/** Rejects what there is no room for, and holds what the others are estimated to use. */
export function limitsPolicy(limits: Limits, party: LimitedParty): Policy {
  const limited = ({ path, body, model, maxTokens, session }: PolicyRequest): LimitRequest => {
    const subject = { ...party, model, session }
    return { path, subject, bodyBytes: body.length, maxTokens }
  }
  return {
    apply: (request) => {
      const decision = limits.decide(limited(request))
      return decision instanceof Promise ? decision.then(outcomeOf) : outcomeOf(decision)
    },
    rehearse: async (request) => outcomeOf((await limits.look(limited(request))).decision),
    explain: async (request) => (await limits.look(limited(request))).accounts.map(sightOf),
    close: () => limits.close(),
  }
}

function sightOf(account: AccountState): RuleSight {
  const { rule, used, inFlight } = account
  const count = isFull(used + inFlight, rule) ? 1 : 0
  return { rule: `limits.${rule.name}`, action: 'limit', spans: [], count, account }
}

function outcomeOf(decision: LimitDecision): Outcome {
  if (decision.kind === 'reject') {
    const { rule, error } = decision
    return { decisions: [{ rule: `limits.${rule}`, action: 'limit', count: 1 }], rejection: error }
  }
  const { reservation } = decision
  return reservation ? { decisions: [], settle: reservation.settle } : NO_OUTCOME
}
