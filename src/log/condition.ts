import { textPattern } from './text-pattern.ts'

/** What must hold of a record. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | Test

/** Something about one field. Through an array it holds where it does for any of its items. */
export interface Test {
  readonly kind: 'test'
  readonly path: readonly string[]
  readonly operator: Operator
  readonly value: Value
}

/** `~` contains, or matches as a whole where the value has a `*`; `there` neither absent, null nor false. */
export type Operator = '=' | '<' | '<=' | '>' | '>=' | '~' | 'begins' | 'ends' | 'holds' | 'there'

export interface Value {
  readonly text: string
  /** Where the text is one. */
  readonly number?: number
  readonly isNull?: boolean
}

export type Scalar = string | number | boolean | null

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** A value as it was typed: a number counts as one. */
export function typedValue(text: string): Value {
  return NUMBER.test(text) ? { text, number: Number(text) } : { text }
}

export function fieldTest(path: string, operator: Operator, text: string): Test {
  return { kind: 'test', path: path.split('.'), operator, value: typedValue(text) }
}

/** Whether a condition holds of a record. */
export function compileCondition(condition: Condition): (record: object) => boolean {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.of.map(compileCondition)
      const isAnd = condition.kind === 'and'
      return (record) => (isAnd ? parts.every((part) => part(record)) : parts.some((part) => part(record)))
    }
    case 'not': {
      const part = compileCondition(condition.of)
      return (record) => !part(record)
    }
    case 'test': {
      const isMet = compileTest(condition)
      return (record) => isMetAt(record, condition.path, 0, isMet)
    }
  }
}

/** Whether a test is met by a value that is there; objects meet only `there`. */
export function compileTest({ operator, value }: Test): (found: unknown) => boolean {
  if (operator === 'there') return (found) => found !== null && found !== false
  if (value.isNull) return (found) => found === null
  const isScalarMet = compileComparison(operator, value)
  return (found) => found !== null && typeof found !== 'object' && isScalarMet(found as Scalar)
}

function compileComparison(operator: Operator, value: Value): (found: Scalar) => boolean {
  const { text } = value
  const ofText = TEXT_OPERATORS[operator as keyof typeof TEXT_OPERATORS]
  if (ofText) return (found) => typeof found === 'string' && ofText(found, text)
  if (operator === '~') {
    const matches = textPattern(text)
    return (found) => matches(String(found))
  }
  const isMet = ORDERS[operator as keyof typeof ORDERS]
  return (found) => isMet(compare(found, value))
}

const TEXT_OPERATORS = {
  begins: (found: string, text: string) => found.startsWith(text),
  ends: (found: string, text: string) => found.endsWith(text),
  holds: (found: string, text: string) => found.includes(text),
}

const ORDERS = {
  '=': (order: number) => order === 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
}

/** Below, at or above 0; NaN where the two cannot be compared. As numbers where both are, also one in a text. */
function compare(found: Scalar, value: Value): number {
  if (typeof found === 'number') return value.number === undefined ? Number.NaN : found - value.number
  const text = String(found)
  if (value.number !== undefined && NUMBER.test(text)) return Number(text) - value.number
  return text === value.text ? 0 : text < value.text ? -1 : 1
}

function isMetAt(
  found: unknown,
  path: readonly string[],
  index: number,
  isMet: (found: unknown) => boolean,
): boolean {
  if (Array.isArray(found)) return found.some((item) => isMetAt(item, path, index, isMet))
  if (index === path.length) return isMet(found)
  const name = path[index] as string
  if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return false
  return isMetAt((found as Readonly<Record<string, unknown>>)[name], path, index + 1, isMet)
}
