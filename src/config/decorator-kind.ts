import { DECORATION, isDecoration, parseDecorators } from './decorator-parser.ts'
import { textKind } from './kind.ts'
import { faultOf, ruleError } from './rule-fields.ts'
import { ruleMap } from './rule-kind.ts'

/** The decorators by name. `parseDecorators` makes rules of them. */
export const decoratorRules = ruleMap({
  expected: 'a JSON object of texts by name',
  faultIn: (json) => faultOf(() => parseDecorators(json ?? null)),
  errorOf: (fault, originOf) => ruleError('policies.decorators', fault, originOf(fault.names)),
})

/** One text; the empty one is none. */
export const decoration = textKind(DECORATION, (text) =>
  text === '' || isDecoration(text) ? text : undefined,
)
