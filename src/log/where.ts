import { GatewayError } from '../base/errors.ts'
import { describeField, FieldNameError, fieldPath } from '../exchange/field-name.ts'
import type { Described } from '../exchange/schema-parts.ts'
import type { Condition, Operator, Test, Value } from './condition.ts'
import { typedValue } from './condition.ts'
import { faultOf } from './where-fault.ts'
import type { Token } from './where-tokens.ts'
import { tokensOf, WhereError } from './where-tokens.ts'

/** Deeper nesting is no condition that a person wrote, and would exhaust the stack. */
const DEEPEST = 100
const NAME = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/

const JOINTS = new Set(['and', 'or', 'not'])

/**
 * Reads a condition such as `usage.output_tokens > 1000 and not model ~ haiku`:
 *
 *     either := both ('or' both)*
 *     both   := one ('and' one)*
 *     one    := 'not' one | '(' either ')' | FIELD | FIELD OPERATOR VALUE
 *
 * @throws GatewayError USAGE, with the place of what is wrong and the nearest name of a field
 */
export function parseWhere(text: string): Condition {
  try {
    const reader = new Reader(tokensOf(text))
    const condition = reader.either(0)
    reader.expectEnd()
    return condition
  } catch (error) {
    if (!(error instanceof WhereError)) throw error
    const reason = `\`--where\`, at character ${error.at + 1} of \`${text}\`: ${error.message}`
    throw new GatewayError('USAGE', { reason }, error)
  }
}

/** Goes through the tokens once. */
class Reader {
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  either(depth: number): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#one(depth)))
  }

  expectEnd(): void {
    const { kind, text, at } = this.#next()
    if (kind === 'end') return
    throw new WhereError(text === ')' ? 'there is no `(` for this `)`' : 'here `and` or `or` is missing', at)
  }

  #chain(word: 'and' | 'or', read: () => Condition): Condition {
    const parts: [Condition, ...Condition[]] = [read()]
    while (this.#take(word)) parts.push(read())
    return parts.length === 1 ? parts[0] : { kind: word, of: parts }
  }

  #one(depth: number): Condition {
    const token = this.#peek()
    if (depth > DEEPEST) throw new WhereError('too many brackets', token.at)
    if (this.#take('not')) return { kind: 'not', of: this.#one(depth + 1) }
    if (!this.#take('(')) return this.#test()
    const condition = this.either(depth + 1)
    if (!this.#take(')')) throw new WhereError('the bracket `(` is not closed', token.at)
    return condition
  }

  #test(): Condition {
    const field = this.#next()
    if (field.kind === 'end') throw new WhereError('here the name of a field is missing', field.at)
    if (field.kind !== 'word' || !NAME.test(field.text)) {
      throw new WhereError(`\`${field.text}\` is no name of a field`, field.at)
    }
    const path = fieldPath(field.text)
    const described = describe(path, field.at)
    if (this.#peek().kind !== 'operator') {
      this.#rejectUnknownOperator()
      return { kind: 'test', path, operator: 'there', value: { text: '' } }
    }
    return this.#comparison(path, described)
  }

  #comparison(path: readonly string[], described: Described | undefined): Condition {
    const operator = this.#next()
    const token = this.#next()
    if (token.kind === 'operator' && token.at === operator.at + operator.text.length) {
      throw noSuchOperator(operator.text + token.text, operator.at)
    }
    if (token.kind !== 'word' && token.kind !== 'text') {
      throw new WhereError(`behind \`${operator.text}\` a value is missing`, token.at)
    }
    const isNegated = operator.text === '!='
    const kind = isNegated ? '=' : (operator.text as Operator)
    const test: Test = { kind: 'test', path, operator: kind, value: readValue(token) }
    const fault = faultOf(test, kind === '=', described)
    if (fault) throw new WhereError(fault, token.at)
    return isNegated ? { kind: 'not', of: test } : test
  }

  /** A word between a field and a value, such as `like`. */
  #rejectUnknownOperator(): void {
    const [word, value] = this.#tokens.slice(this.#index)
    if (word?.kind !== 'word' || JOINTS.has(word.text.toLowerCase())) return
    const isValue = value?.kind === 'text' || value?.text === '(' || value?.kind === 'word'
    if (value && isValue && !JOINTS.has(value.text.toLowerCase())) throw noSuchOperator(word.text, word.at)
  }

  #peek(): Token {
    return this.#tokens[this.#index] as Token
  }

  #next(): Token {
    const token = this.#peek()
    if (token.kind !== 'end') this.#index += 1
    return token
  }

  /** Takes the next token if it is this word or bracket. */
  #take(word: string): boolean {
    const { kind, text } = this.#peek()
    if (kind === 'text' || text.toLowerCase() !== word) return false
    this.#index += 1
    return true
  }
}

function noSuchOperator(text: string, at: number): WhereError {
  const hint = text === '==' ? 'use `=`' : 'the operators are =, !=, <, <=, >, >= and ~'
  return new WhereError(`there is no ${text === '==' ? '' : 'operator '}\`${text}\`; ${hint}`, at)
}

function describe(path: readonly string[], at: number): Described | undefined {
  try {
    return describeField(path)
  } catch (error) {
    if (error instanceof FieldNameError) throw new WhereError(error.message, at)
    throw error
  }
}

function readValue({ kind, text }: Token): Value {
  return kind === 'word' && text.toLowerCase() === 'null' ? { text, isNull: true } : typedValue(text)
}
