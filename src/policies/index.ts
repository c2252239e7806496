import type { AnswerGuardSettings } from './answer/answer-guard.ts'
import { answerGuardPolicy } from './answer/answer-guard.ts'
import type { DecoratorsSettings } from './decorators/decorators-policy.ts'
import { decoratorsPolicy } from './decorators/decorators-policy.ts'
import type { SessionValuesOptions } from './decorators/session-values.ts'
import { SessionValues } from './decorators/session-values.ts'
import { guardPolicy } from './guard/guard-policy.ts'
import type { GuardSettings } from './guard/guard-settings.ts'
import type { LimitsOptions } from './limits/limits.ts'
import { Limits } from './limits/limits.ts'
import type { LimitedParty } from './limits/limits-policy.ts'
import { limitsPolicy } from './limits/limits-policy.ts'
import type { MaskPolicyOptions } from './mask/mask-policy.ts'
import { maskPolicy } from './mask/mask-policy.ts'
import type { MaskRule } from './mask/masking.ts'
import { createMasking } from './mask/masking.ts'
import type { Policy } from './policy.ts'
import { PolicyList } from './policy-list.ts'

/** What is on; what is absent is off. */
export interface PolicySettings {
  readonly guard?: GuardSettings | undefined
  readonly decorators?:
    | (Omit<DecoratorsSettings, 'values'> & { readonly values: SessionValuesOptions })
    | undefined
  readonly mask?:
    | (Pick<MaskPolicyOptions, 'onError' | 'place'> & {
        readonly rules: readonly MaskRule[]
        /** That of this machine. */
        readonly key: Buffer
      })
    | undefined
  readonly answer?: AnswerGuardSettings | undefined
  readonly limits?: (LimitsOptions & { readonly party: LimitedParty }) | undefined
}

export interface OpenPolicies {
  readonly list: PolicyList
  readonly limits: Limits | undefined
}

/**
 * All policies that are on, in the one order in which they are asked: what judges the client's own request first, then what changes the body before what only counts, so
 * that a request that is refused counts nowhere, and limits see what is sent. An answer goes the other way: it is looked through as the
 * upstream sent it, before what was masked is restored in it.
 */
export function openPolicies({
  guard,
  decorators,
  mask,
  answer,
  limits: limited,
}: PolicySettings): OpenPolicies {
  const limits = limited && new Limits(limited)
  limits?.open()
  const policies: (Policy | undefined)[] = [
    guard && guardPolicy(guard),
    decorators && decoratorsPolicy({ ...decorators, values: new SessionValues(decorators.values) }),
    mask && maskPolicy({ ...mask, masking: createMasking(mask.rules, mask) }),
    answer && answerGuardPolicy(answer),
    limits && limited && limitsPolicy(limits, limited.party),
  ]
  return { list: new PolicyList(policies.filter((policy) => policy !== undefined)), limits }
}
