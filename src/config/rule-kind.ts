import type { GatewayError } from '../base/errors.ts'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { Kind } from './kind.ts'
import { parseJson } from './map-kind.ts'
import type { RuleFault } from './rule-fields.ts'

export interface RuleKind {
  readonly expected: string
  /** What is wrong with such rules, if something is. */
  readonly faultIn: (json: unknown) => RuleFault | undefined
  /** @param originOf where the value below these names stands */
  readonly errorOf: (fault: RuleFault, originOf: (names: readonly string[]) => string) => GatewayError
}

/** Rules by name, each of which counts by itself. They are kept as they were written; who applies them makes rules of them. */
export function ruleMap({ expected, faultIn, errorOf }: RuleKind): Kind<JsonObject> {
  const read = (json: unknown) => (isJsonObject(json) && !faultIn(json) ? json : undefined)
  return {
    expected,
    parse: (text) => read(parseJson(text)),
    read,
    write: (rules) => rules,
    explain: (json, originOf) => {
      const fault = faultIn(json)
      return fault && errorOf(fault, originOf)
    },
    entries: {
      parse: parseJson,
      isEntry: (name, rule) => read({ [name]: rule }) !== undefined,
      identity: (name) => name,
      maxEntries: Infinity,
    },
  }
}
