import { isJsonObject } from '../json/object.ts'
import type { DecoratorRule } from './decorator-rule.ts'
import { DECORATOR_PLACES } from './decorator-rule.ts'
import { choiceOf, isRuleName, listed, matchOf, objectOf, RuleFault, wrong } from './rule-fields.ts'
import { TEXT_VARIABLES, unknownPiece } from './text-template.ts'
import { quoted } from './value-error.ts'

const FIELDS = ['text', 'at', 'match']
const MOST_CHARACTERS = 20_000

/** Reads the JSON of `policies.decorators`, in its order. @throws RuleFault */
export function parseDecorators(json: unknown): readonly DecoratorRule[] {
  if (!isJsonObject(json)) throw wrong([], 'a JSON object of texts by name', json)
  return Object.entries(json).map(([name, rule]) => parseDecorator(name, rule))
}

function parseDecorator(name: string, json: unknown): DecoratorRule {
  if (!isRuleName(name)) throw wrong([], 'texts whose names are letters, digits, `-` and `_`', name)
  const fields = objectOf(json, [name], FIELDS)
  return {
    name,
    text: textOf(fields['text'], [name, 'text']),
    at: choiceOf(fields['at'] ?? 'system-end', DECORATOR_PLACES, [name, 'at']),
    match: matchOf(fields['match'], [name, 'match']),
  }
}

/** What a text for requests must be: the API takes none of white space alone. */
export const DECORATION = `a text of at most ${MOST_CHARACTERS} characters, and not empty`

export function isDecoration(text: string): boolean {
  return text.trim() !== '' && text.length <= MOST_CHARACTERS
}

function textOf(value: unknown, names: readonly string[]): string {
  if (typeof value !== 'string' || !isDecoration(value)) throw wrong(names, DECORATION, value)
  const unknown = unknownPiece(value)
  if (unknown === undefined) return value
  const variables = listed(TEXT_VARIABLES.map((name) => `{${name}}`))
  const expected = `a text with no other variables than ${variables} (a brace itself is written \`{{\` or \`}}\`)`
  throw new RuleFault(names, expected, `one with ${quoted(unknown)}`)
}
