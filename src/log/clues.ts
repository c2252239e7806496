import type { ExchangeRecord } from '../exchange/exchange.ts'
import { describeField } from '../exchange/field-name.ts'
import { REQUIRED_FIELDS } from '../exchange/record-schema.ts'
import type { Condition, Scalar, Test } from './condition.ts'
import { compileTest } from './condition.ts'

/**
 * Bytes in the line of every record of which something holds, and what must be true of the value behind them. Far cheaper
 * to look for than parsing is, and more lines may have them than are meant. They rely on how our own lines are written:
 * without spaces. Bytes `"name":` are then the name of a field wherever they stand, since in a text the quotes would be escaped.
 */
export interface Clue {
  readonly bytes: Buffer
  /** Of the value that begins behind the bytes. */
  readonly isMet?: (value: Scalar) => boolean
}

/** A line must have one of these. */
export type Clause = readonly [Clue, ...Clue[]]

/** More of them, or longer ones, cost more than they save; each can be left out without harm. */
const MOST_CLAUSES = 16

/** What every line has that a condition holds for; where nothing is known, nothing. */
export function cluesOf(condition: Condition): readonly Clause[] {
  switch (condition.kind) {
    case 'and':
      return condition.of.flatMap(cluesOf)
    case 'or':
      return condition.of.map(cluesOf).reduce(either)
    case 'not':
      return cluesOfNot(condition.of)
    case 'test':
      return cluesOfTest(condition)
  }
}

/** One of two lists of clauses holds: then one of each pair does. */
function either(left: readonly Clause[], right: readonly Clause[]): readonly Clause[] {
  return left
    .flatMap((one) => right.map((other): Clause => [...one, ...other]))
    .filter((clause) => clause.length <= MOST_CLAUSES)
    .slice(0, MOST_CLAUSES)
}

function cluesOfNot(condition: Condition): readonly Clause[] {
  switch (condition.kind) {
    case 'not':
      return cluesOf(condition.of)
    case 'test':
      return cluesOfNotTest(condition)
    case 'and':
    case 'or': {
      const of = condition.of.map((part): Condition => ({ kind: 'not', of: part }))
      return cluesOf({ kind: condition.kind === 'and' ? 'or' : 'and', of })
    }
  }
}

/** Only a field that no record lacks shows by its value that a test is not met. */
function cluesOfNotTest(condition: Test): readonly Clause[] {
  const [name, ...rest] = condition.path
  if (rest.length > 0 || !REQUIRED_FIELDS.some((required) => required === name)) return []
  const isMet = compileTest(condition)
  return [[{ bytes: nameBytes(condition), isMet: (value) => !isMet(value) }]]
}

function cluesOfTest(condition: Test): readonly Clause[] {
  const { operator, value } = condition
  if (operator === 'holds') return [[{ bytes: Buffer.from(escaped(value.text)) }]]
  const isText = isPlainText(condition)
  if (isText && operator === '=') return [[{ bytes: nameBytes(condition, `"${escaped(value.text)}"`) }]]
  if (isText && operator === 'begins') return [[{ bytes: nameBytes(condition, `"${escaped(value.text)}`) }]]
  const digits = digitsOf(condition)
  if (digits !== undefined) return [[{ bytes: nameBytes(condition, digits) }]]
  return [[{ bytes: nameBytes(condition), isMet: compileTest(condition) }]]
}

/** How a number begins that is this one, or matches `4*`; undefined where the field may hold something else. */
function digitsOf({ path, operator, value }: Test): string | undefined {
  // Deeper down nobody looks at the kind of a value.
  if (path.length > 1) return undefined
  const type = describeField(path)?.type
  if (type !== 'number' && type !== 'integer') return undefined
  if (operator === '=' && value.number !== undefined) return JSON.stringify(value.number)
  return operator === '~' ? /^(\d+)\*$/.exec(value.text)?.[1] : undefined
}

/** Whether the line can only have the value as a text. What the API calls usage could hold anything. */
function isPlainText({ path, value }: Test): boolean {
  if (value.number !== undefined || value.isNull || value.text === 'true' || value.text === 'false')
    return false
  return path[0] !== ('usage' satisfies keyof ExchangeRecord)
}

function nameBytes({ path }: Test, value = ''): Buffer {
  return Buffer.from(`"${escaped(path.at(-1) ?? '')}":${value}`)
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
