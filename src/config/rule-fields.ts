import type { GatewayError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { RuleMatch } from './rule-match.ts'
import { RULE_MATCHES } from './rule-match.ts'
import { badValue, quoted, unknownKey } from './value-error.ts'

const NAME = /^[\w-]{1,64}$/

/** What is wrong in rules, and where: the names from their key down to it. */
export class RuleFault extends Error {
  readonly names: readonly string[]
  /** What may stand there; absent where it is the name that is wrong. */
  readonly expected: string | undefined
  /** As people may see it; of a wrong name what was probably meant. */
  readonly shown: string
  /** The names that may stand in the place of a wrong one. */
  readonly known: readonly string[]

  constructor(
    names: readonly string[],
    expected: string | undefined,
    shown: string,
    known: readonly string[] = [],
  ) {
    super(`${names.join('.')}: ${shown}`)
    this.names = names
    this.expected = expected
    this.shown = shown
    this.known = known
  }
}

/**
 * The same for people.
 * @param above the key that the names begin below
 * @param origin the file and the line, or the variable
 */
export function ruleError(
  above: string,
  { names, expected, shown, known }: RuleFault,
  origin: string,
): GatewayError {
  const key = [above, ...names].join('.')
  if (expected !== undefined) return badValue(origin, key, expected, shown)
  return unknownKey(origin, key, shown, `what may stand there: ${listed(known)}`)
}

/** What is wrong, if a parser says that something is. */
export function faultOf(parse: () => unknown): RuleFault | undefined {
  try {
    parse()
    return undefined
  } catch (error) {
    if (error instanceof RuleFault) return error
    throw error
  }
}

/** Whether a rule may be called that: it stands in records. */
export function isRuleName(name: string): boolean {
  return NAME.test(name)
}

/** An object with no other names than those. @throws RuleFault */
export function objectOf(value: unknown, names: readonly string[], known: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw wrong(names, 'a JSON object', value)
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const guess = nearest(name, known)
    throw new RuleFault([...names, name], undefined, guess ? `did you mean \`${guess}\`?` : '', known)
  }
  return value
}

/** @throws RuleFault */
export function choiceOf<T extends string>(
  value: unknown,
  choices: readonly T[],
  names: readonly string[],
): T {
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw wrong(names, `one of ${listed(choices)}`, value)
}

/** Whom a rule is for: all where it does not say. @throws RuleFault */
export function matchOf(value: unknown, names: readonly string[]): RuleMatch {
  const match = objectOf(value ?? {}, names, RULE_MATCHES)
  for (const [name, pattern] of Object.entries(match)) {
    if (typeof pattern !== 'string' || !/^\P{Cc}{1,200}$/u.test(pattern))
      throw wrong([...names, name], 'a text, in which `*` and `?` stand for others', pattern)
  }
  return match as RuleMatch
}

export function wrong(names: readonly string[], expected: string, value: unknown): RuleFault {
  return new RuleFault(names, expected, shown(value))
}

export function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}

function shown(value: unknown): string {
  if (value === undefined) return 'left out'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'an array'
  return isJsonObject(value) ? 'an object' : String(value)
}
