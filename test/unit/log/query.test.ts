import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../../src/exchange/exchange.ts'
import { toLine } from '../../../src/exchange/line.ts'
import type { Query } from '../../../src/log/query.ts'
import { compileQuery, needlesOf } from '../../../src/log/query.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

const ok = exchangeRecord({
  id: '01a1fbaa-d428-7073-a5df-80e0ef9a6cc8',
  session_id: '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f',
  model: 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  response_model: 'claude-sonnet-4-5-20250929',
})
const limited: ExchangeRecord = { ...ok, status: 429, outcome: 'http_error' }
const refused = exchangeRecord({ status: undefined, client_status: 401, outcome: 'refused' })
const cut: ExchangeRecord = { ...ok, outcome: 'truncated' }

test.each<[string, Query, ExchangeRecord, boolean]>([
  ['nothing asked', {}, ok, true],
  ['since before', { sinceMs: Date.parse(ok.ts) }, ok, true],
  ['since later', { sinceMs: Date.parse(ok.ts) + 1 }, ok, false],
  ['beginning of the session', { session: '3f2a9c1e' }, ok, true],
  ['middle of the session', { session: '5b7d' }, ok, false],
  ['session of a record without one', { session: '3f2a' }, exchangeRecord({ session_id: undefined }), false],
  ['part of the model', { model: 'sonnet' }, ok, true],
  ['part of the model in capitals', { model: 'SONNET-4-5' }, ok, true],
  ['other model', { model: 'opus' }, ok, false],
  ['model that answered', { model: 'claude-s*' }, ok, true],
  ['pattern for the whole model', { model: 'bedrock/*sonnet*' }, ok, true],
  ['pattern for a part only', { model: '*sonnet' }, ok, false],
  ['model with letters that mean something in patterns', { model: 'claude.sonnet' }, ok, false],
  ['model of a record without one', { model: 'x' }, exchangeRecord({ model: null }), false],
  ['status', { status: { code: 429 } }, limited, true],
  ['other status', { status: { code: 429 } }, ok, false],
  ['our own status', { status: { code: 401 } }, refused, true],
  ['class of status', { status: { hundreds: 4 } }, limited, true],
  ['class of our own status', { status: { hundreds: 4 } }, refused, true],
  ['other class', { status: { hundreds: 5 } }, limited, false],
  ['outcome', { status: { outcome: 'truncated' } }, cut, true],
  ['outcome ok of a cut 200', { status: { outcome: 'ok' } }, cut, false],
  ['errors: 429', { isError: true }, limited, true],
  ['errors: cut', { isError: true }, cut, true],
  ['errors: ok', { isError: true }, ok, false],
  ['beginning of the id', { id: '01a1fbaa-d4' }, ok, true],
  ['end of the id', { id: 'ef9a6cc8' }, ok, true],
  ['middle of the id', { id: '7073' }, ok, false],
  ['two that hold', { session: '3f2a', isError: true }, limited, true],
  ['two of which one holds', { session: '3f2a', isError: true }, ok, false],
])('%s', (_, query, record, isMeant) => {
  expect(compileQuery(query)(record)).toBe(isMeant)
  // The cheap look at the bytes may let a record through, and never leaves out one that is meant.
  const line = Buffer.from(toLine(record))
  if (isMeant) expect(needlesOf(query).every((needle) => line.includes(needle))).toBe(true)
})

test('the bytes to look for leave out most of the others', () => {
  const found = (query: Query, record: ExchangeRecord) =>
    needlesOf(query).every((needle) => toLine(record).includes(needle.toString()))
  expect(found({ status: { code: 429 } }, ok)).toBe(false)
  expect(found({ status: { outcome: 'truncated' } }, ok)).toBe(false)
  expect(found({ session: 'ffff' }, ok)).toBe(false)
  expect(found({ id: 'ffff' }, ok)).toBe(false)
})
