import { expect, test } from 'vitest'
import { parseLine, toLine } from '../../../src/exchange/line.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

const record = exchangeRecord({
  model: null,
  model_reason: 'the body is not JSON',
  usage: { input_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 0 } },
})

test('a record comes back from its line', () => {
  expect(parseLine(toLine(record))).toEqual(record)
})

test('a line has one newline, at its end', () => {
  const line = toLine({ ...record, path: '/a\nb\r\u2028', error: { type: 'x', message: 'one\ntwo' } })
  expect(line.indexOf('\n')).toBe(line.length - 1)
})

test.each([
  ['torn', toLine(record).slice(0, 100)],
  ['empty', ''],
  ['zeros', '\0'.repeat(20)],
  ['a number', '7'],
  ['null', 'null'],
  ['a list', '[]'],
  ['foreign', '{"level":"info","msg":"hello"}'],
  ['of a later version', toLine({ ...record, v: 2 as never })],
  ['without an id', toLine({ ...record, id: undefined as never })],
  ['with a time that is none', toLine({ ...record, ts: 'yesterday' })],
  ['with a model that is no text', toLine({ ...record, model: {} as never })],
  ['with usage that is no object', toLine({ ...record, usage: 'much' as never })],
])('a line that is %s is no record', (_, line) => {
  expect(parseLine(line)).toBeUndefined()
})
