import { textKind } from './kind.ts'
import { isStoreUrl, limitError, parseLimits } from './limit-parser.ts'
import { faultOf } from './rule-fields.ts'
import { ruleMap } from './rule-kind.ts'

/** The limits by name. `parseLimits` makes rules of them. */
export const limitRules = ruleMap({
  expected: 'a JSON object of limits by name',
  faultIn: (json) => faultOf(() => parseLimits({ rules: json ?? null })),
  errorOf: (fault, originOf) => limitError(fault, originOf(fault.names.slice(1))),
})

export const limitStore = textKind(
  '`redis://HOST:PORT` or `rediss://HOST:PORT` without a password',
  (value) => (isStoreUrl(value) ? value : undefined),
)
