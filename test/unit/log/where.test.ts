import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { Condition } from '../../../src/log/condition.ts'
import { compileCondition } from '../../../src/log/condition.ts'
import { parseWhere } from '../../../src/log/where.ts'
import { conditions } from '../../support/conditions.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

const record = exchangeRecord({
  model: 'claude-opus-4-8',
  tags: { project: 'Web Shop', cost_center: '4711' },
  usage: { output_tokens: 345, cache_creation: { ephemeral_5m_input_tokens: 7 }, service_tier: null },
  attempts: [
    { duration_ms: 12, reason: 'ECONNRESET' },
    { duration_ms: 9, status: 529 },
  ],
  retry_after: '12',
  cost_usd: null,
  error: undefined,
})

const holds = (text: string) => compileCondition(parseWhere(text))(record)

test.each([
  'usage.output_tokens>344',
  'usage.output_tokens >= 345 and usage.output_tokens <= 345.0',
  'usage.cache_creation.ephemeral_5m_input_tokens = 7',
  'status=200',
  'status != 429',
  'outcome=ok',
  "outcome = 'ok'",
  'model ~ OPUS',
  'model ~ claude-*-8',
  'status ~ 2*',
  'tags.project = "Web Shop"',
  'tags.cost_center = 4711',
  'cost_center = 4711',
  'cost-center = 4711',
  'tags.costCenter ~ 47*',
  'retry_after < 13',
  'ts >= 2026-11-20 and ts < 2026-11-21',
  'attempts.reason = ECONNRESET',
  'attempts.status > 500',
  'attempts',
  'stream',
  'stream = true',
  'not error',
  'not cost_usd',
  'cost_usd = null',
  'usage.service_tier = null',
  'session_id != null',
  'client_status != 401',
  'not not stream',
  'NOT error AND stream',
  'error or stream and model ~ opus',
  '(error or stream) and not (model ~ haiku or status = 429)',
  'not error.message',
])('%s holds', (text) => {
  expect(holds(text)).toBe(true)
})

test.each([
  'usage.output_tokens>345',
  'usage.missing > 0',
  'usage.missing = null',
  'error = null',
  'outcome = "truncated"',
  'model ~ opus*',
  'error',
  'cost_usd > 0',
  'cost_usd <= 0',
  'stream and error or error',
  'not (stream or error)',
  'tags.constructor',
  'tags.__proto__',
])('%s does not hold', (text) => {
  expect(holds(text)).toBe(false)
})

test.each([
  ['', 1, 'the name of a field is missing'],
  ['status', undefined, ''],
  ['status = ', 10, 'a value is missing'],
  ['status = and', 10, 'is a number, and `and` is none'],
  ['stauts = 200', 1, 'there is no field `stauts`; did you mean `status`?'],
  ['stream and eror', 12, 'did you mean `error`?'],
  ['cost > 1', 1, 'there is no field `cost`; did you mean `cost_usd`?'],
  ['output_tokens > 1', 1, 'there is no field `output_tokens`; did you mean `usage.output_tokens`?'],
  ['status == 200', 8, 'there is no `==`; use `=`'],
  ['model LIKE opus', 7, 'there is no operator `LIKE`; the operators are =, !=, <, <=, >, >= and ~'],
  ['status in 200', 8, 'there is no operator `in`; the operators are =, !=, <, <=, >, >= and ~'],
  ['error.massage ~ x', 1, '`error` has no field `massage`; did you mean `error.message`?'],
  ['stream and error ~ x', 20, 'holds fields; name one of them: type, message'],
  ['usage > 3', 9, 'such as `usage.NAME`'],
  ['attempts = x', 12, 'name one of them: status, duration_ms, reason'],
  ['status.code = 1', 1, '`status` has no field `code`'],
  ['outcome = okay', 11, '`outcome` is never `okay`; did you mean `ok`?'],
  ['outcome = nonsense', 11, 'it is one of ok, http_error'],
  ['stream = yes', 10, '`stream` is true or false'],
  ['status > null', 10, '`null` goes with `=` and `!=` only'],
  ['(status = 200', 1, 'the bracket `(` is not closed'],
  ['status = 200)', 13, 'there is no `(` for this `)`'],
  ['status = 200 model = x', 14, '`and` or `or` is missing'],
  ['model = "x', 9, 'the quote " is not closed'],
  ['model =~ x', 7, 'there is no operator `=~`'],
  ['status = = 200', 10, 'a value is missing'],
  ['status ! 200', 8, '`!` means nothing here'],
  ['"status" = 200', 1, 'is no name of a field'],
  ['a..b = 1', 1, 'is no name of a field'],
  [`${'('.repeat(200)}stream`, 102, 'too many brackets'],
  [`${'not '.repeat(20_000)}stream`, undefined, 'too many brackets'],
])('%s: a clear error, with its place', (text, place, message) => {
  if (message === '') return void parseWhere(text)
  expect(() => parseWhere(text)).toThrow(message)
  if (place !== undefined) expect(() => parseWhere(text)).toThrow(`at character ${place} of`)
})

test('any text is a condition or a usage error, at once', () => {
  const piece = fc.constantFrom(
    'status',
    'usage.x',
    '=',
    '!=',
    '>',
    '~',
    '(',
    ')',
    'and',
    'or',
    'not',
    '1',
    '"',
    "'",
    '\\',
    ' ',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join(' ')),
  )
  fc.assert(
    fc.property(text, (where) => {
      try {
        compileCondition(parseWhere(where))(record)
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a condition that is written down and read again is the same', () => {
  fc.assert(
    fc.property(conditions.filter(isSpeakable), (condition) => {
      expect(parseWhere(written(condition))).toEqual(condition)
    }),
    { numRuns: 500 },
  )
})

/** In full brackets, except at the top, and with every value in quotes. */
function written(condition: Condition): string {
  switch (condition.kind) {
    case 'not':
      return `not ${bracketed(condition.of)}`
    case 'and':
    case 'or':
      return condition.of.map(bracketed).join(` ${condition.kind} `)
    case 'test': {
      const { path, operator, value } = condition
      if (operator === 'there') return path.join('.')
      const quoted = value.isNull ? 'null' : `"${value.text.replace(/["\\]/g, '\\$&')}"`
      return `${path.join('.')}${operator}${quoted}`
    }
  }
}

function bracketed(condition: Condition): string {
  return `(${written(condition)})`
}

/** Without what only filters say, and what no record can meet. */
function isSpeakable(condition: Condition): boolean {
  if (condition.kind === 'test') {
    const { path, operator, value } = condition
    if (['begins', 'ends', 'holds'].includes(operator)) return false
    if (operator === 'there') return value.text === ''
    return path[0] === 'usage' || path[0] === 'tags' || path[0] === 'model'
  }
  return [condition.of].flat().every((part) => isSpeakable(part as Condition))
}
