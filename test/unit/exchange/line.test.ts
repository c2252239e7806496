import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../../src/exchange/exchange.ts'
import { parseLine, toLine } from '../../../src/exchange/line.ts'

const record: ExchangeRecord = {
  v: 1,
  ts: '2026-11-20T14:03:22.120Z',
  id: '01a1fbaa-d428-7073-a5df-80e0ef9a6cc8',
  run_id: '01a1fbaa-0000-7000-8000-000000000000',
  profile: 'default',
  upstream: 'https://api.anthropic.com',
  method: 'POST',
  path: '/v1/messages',
  model: null,
  model_reason: 'the body is not JSON',
  answered_by: 'upstream',
  status: 200,
  outcome: 'ok',
  request_bytes: 85_000,
  response_bytes: 1200,
  duration_ms: 4200.5,
  usage: { input_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 0 } },
}

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
