import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { Kind } from './kind.ts'
import { textKind } from './kind.ts'
import { isStoreUrl, limitError, parseLimits } from './limit-parser.ts'
import { parseJson } from './map-kind.ts'
import { faultOf } from './rule-fields.ts'

/** The limits by name. They are kept as they were written; `parseLimits` makes rules of them. */
export const limitRules: Kind<JsonObject> = {
  expected: 'a JSON object of limits by name',
  isNested: true,
  parse: (text) => read(parseJson(text)),
  read,
  write: (rules) => rules,
  explain: (json, originOf) => {
    const fault = faultIn(json)
    return fault && limitError(fault, originOf(fault.names.slice(1)))
  },
}

export const limitStore = textKind(
  '`redis://HOST:PORT` or `rediss://HOST:PORT` without a password',
  (value) => (isStoreUrl(value) ? value : undefined),
)

function read(json: unknown): JsonObject | undefined {
  return isJsonObject(json) && !faultIn(json) ? json : undefined
}

function faultIn(rules: unknown) {
  return faultOf(() => parseLimits({ rules: rules ?? null }))
}
