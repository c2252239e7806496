import { GatewayError } from '../../base/errors.ts'
import type { Outcome, Policy, PolicyRequest } from '../policy.ts'
import type { Denial } from './denial.ts'
import { Unreadable } from './denial.ts'
import type { GuardSettings } from './guard-settings.ts'
import { pathDenial } from './path-rule.ts'
import { createPatternRules, UNREAD } from './pattern-rules.ts'
import { patternSights } from './pattern-sights.ts'
import { modelDenial, sizeDenial } from './request-rules.ts'
import { ruleSights } from './rule-sights.ts'
import { toolDenial } from './tool-rules.ts'

/** Refuses requests by where they go, by what they ask for and by what they hold. */
export function guardPolicy(settings: GuardSettings): Policy {
  const judge = createJudge(settings)
  return {
    admit: (path) => {
      const denial = pathDenial(path, settings.paths)
      return denial && refusal(denial, settings)
    },
    apply: (request) => {
      try {
        const judged = judge(request)
        return 'rule' in judged ? refusal(judged, settings) : judged
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        if (settings.onError === 'open') return { decisions: [UNREAD] }
        return refusal(unreadableDenial(error), settings)
      }
    },
    explain: (request) => [
      ...ruleSights(request, settings),
      ...(request.isEncoded ? [] : patternSights(request.body, settings.patterns ?? [])),
    ],
  }
}

function refusal({ rule, key, count = 1, reason, help }: Denial, { placeOf }: GuardSettings): Outcome {
  const rejection = new GatewayError('GUARD_DENIED', { reason, help, place: placeOf(key) })
  return { decisions: [{ rule, action: 'deny', count }], rejection }
}

/** Asks one rule after the other, the quickest first. @returns a function that throws Unreadable */
function createJudge(settings: GuardSettings): (request: PolicyRequest) => Denial | Outcome {
  const judgePatterns = createPatternRules(settings)
  return (request) => {
    const denial = sizeDenial(request, settings)
    if (denial) return denial
    if (request.isEncoded) throw new Unreadable('is compressed, so that it cannot be looked at')
    return modelDenial(request, settings) ?? toolDenial(request.body, settings) ?? judgePatterns(request)
  }
}

function unreadableDenial({ message }: Unreadable): Denial {
  const help = 'make it shorter with `/rewind` or `/clear`, or send it as plain JSON'
  return { rule: 'guard.unreadable', key: 'onError', reason: message, help }
}
