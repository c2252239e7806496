import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../../src/exchange/exchange.ts'
import { toLine } from '../../../src/exchange/line.ts'
import { cluesOf } from '../../../src/log/clues.ts'
import { compileCondition } from '../../../src/log/condition.ts'
import { linesOf } from '../../../src/log/lines.ts'
import type { Query } from '../../../src/log/query.ts'
import { conditionOf } from '../../../src/log/query.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

const ok = exchangeRecord({
  id: '01a1fbaa-d428-7073-a5df-80e0ef9a6cc8',
  session_id: '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f',
  model: 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  response_model: 'claude-sonnet-4-5-20250929',
  tags: { project: 'shop' },
  cost_usd: 0.25,
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
  ['until later', { untilMs: Date.parse(ok.ts) + 1 }, ok, true],
  ['until then', { untilMs: Date.parse(ok.ts) }, ok, false],
  ['project', { project: 'shop' }, ok, true],
  ['part of the project', { project: 'sho' }, ok, false],
  ['project of a record without tags', { project: 'shop' }, refused, false],
  ['profile', { profile: 'default' }, ok, true],
  ['other profile', { profile: 'work' }, ok, false],
  ['part of the path', { path: 'messages' }, ok, true],
  ['pattern for the whole path', { path: '/v1/*' }, ok, true],
  ['pattern for a part of the path', { path: 'v1/*' }, ok, false],
  ['stop reason', { stopReason: 'end_turn' }, ok, true],
  ['other stop reason', { stopReason: 'end' }, ok, false],
  ['slower', { slowerThanMs: 4200 }, ok, true],
  ['not slower', { slowerThanMs: 4200.5 }, ok, false],
  ['cost', { minCostUsd: 0.25 }, ok, true],
  ['less cost', { minCostUsd: 0.2501 }, ok, false],
  ['cost of a record where it is unknown', { minCostUsd: 0 }, { ...ok, cost_usd: null }, false],
  ['two that hold', { session: '3f2a', isError: true }, limited, true],
  ['two of which one holds', { session: '3f2a', isError: true }, ok, false],
])('%s', (_, query, record, isMeant) => {
  expect(compileCondition(conditionOf(query))(record)).toBe(isMeant)
  // The cheap look at the bytes may let a record through, and never leaves out one that is meant.
  if (isMeant) expect(hasClues(query, record)).toBe(true)
})

test('the bytes to look for leave out most of the others', () => {
  const others: Query[] = [
    { status: { code: 429 } },
    { status: { outcome: 'truncated' } },
    { session: 'ffff' },
    { id: 'ffff' },
    { project: 'cart' },
    { profile: 'work' },
    { path: 'count_tokens' },
    { isError: true },
    { slowerThanMs: 60_000 },
    { minCostUsd: 1 },
    { stopReason: 'tool_use' },
    { sinceMs: Date.parse(ok.ts) + 1 },
    { untilMs: Date.parse(ok.ts) },
    { model: 'opus' },
  ]
  expect(others.filter((query) => hasClues(query, ok))).toEqual([])
})

function hasClues(query: Query, record: ExchangeRecord): boolean {
  return [...linesOf(Buffer.from(toLine(record)), cluesOf(conditionOf(query)))].length > 0
}
