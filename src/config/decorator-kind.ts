import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import { DECORATION, isDecoration, parseDecorators } from './decorator-parser.ts'
import type { Kind } from './kind.ts'
import { textKind } from './kind.ts'
import { parseJson } from './map-kind.ts'
import { faultOf, ruleError } from './rule-fields.ts'

/** The decorators by name. They are kept as they were written; `parseDecorators` makes rules of them. */
export const decoratorRules: Kind<JsonObject> = {
  expected: 'a JSON object of texts by name',
  isNested: true,
  parse: (text) => read(parseJson(text)),
  read,
  write: (rules) => rules,
  explain: (json, originOf) => {
    const fault = faultIn(json)
    return fault && ruleError('policies.decorators', fault, originOf(fault.names))
  },
}

/** One text; the empty one is none. */
export const decoration = textKind(DECORATION, (text) =>
  text === '' || isDecoration(text) ? text : undefined,
)

function read(json: unknown): JsonObject | undefined {
  return isJsonObject(json) && !faultIn(json) ? json : undefined
}

function faultIn(json: unknown) {
  return faultOf(() => parseDecorators(json ?? null))
}
