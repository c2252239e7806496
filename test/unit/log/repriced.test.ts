import { expect, test } from 'vitest'
import { ledgerLine } from '../../../src/log/ledger.ts'
import { repriced } from '../../../src/log/repriced.ts'
import { createPriceTable } from '../../../src/usage/price-table.ts'
import { UNFINISHED } from '../../../src/usage/pricing.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

const TABLE = createPriceTable()
const USAGE = { input_tokens: 0, output_tokens: 1_000_000 }

type Changes = Parameters<typeof exchangeRecord>[0]

/** From the record, and from its line in the ledger. */
function both(changes: Changes) {
  const record = exchangeRecord({ usage: USAGE, model: 'claude-opus-5', stop_reason: undefined, ...changes })
  return [record, JSON.parse(ledgerLine(record))].map((one) => {
    const price = repriced(one, TABLE)
    return price && ('reason' in price ? price.reason : price.costUsd)
  })
}

test.each<[string, Changes, number | string | undefined]>([
  ['an answer', { cost_usd: 3 }, 25],
  ['an answer without a cost, as older records have it', {}, 25],
  ['an answer whose model had no price', { cost_usd: null, cost_usd_reason: 'no price' }, 25],
  ['an answer of another model', { response_model: 'claude-haiku-4-5-20251001' }, 5],
  [
    'an answer without a model, to a request under an alias',
    { model: 'opus', upstream_model: 'claude-haiku-4-5', response_model: undefined },
    5,
  ],
  ['nothing bought', { usage: undefined }, undefined],
  ['an unknown usage', { usage: null, cost_usd: null, cost_usd_reason: 'why' }, 'why'],
  ['an unknown usage in an older record', { usage: null }, 'its usage is not known'],
  ['a client that left', { usage: undefined, cost_usd: null, cost_usd_reason: 'left' }, 'left'],
  [
    'an answer that broke off',
    { outcome: 'truncated', cost_usd: null, cost_usd_reason: UNFINISHED },
    UNFINISHED,
  ],
  ['one that did so in an older record', { outcome: 'client_aborted' }, UNFINISHED],
  ['one that did so behind its last counts', { outcome: 'truncated', cost_usd: 25 }, 25],
  ['the same without a price', { outcome: 'truncated', cost_usd: null, cost_usd_reason: 'no price' }, 25],
])('%s', (_case, changes, cost) => {
  expect(both(changes)).toEqual([cost, cost])
})

test('an exchange has the prices of its own day', () => {
  const usage = { output_tokens: 1, cache_read_input_tokens: 1_000_000 }
  const on = (ts: string) => both({ ts, usage, model: 'claude-sonnet-5-5' })[0]
  expect([on('2026-10-06T00:00:00.000Z'), on('2026-10-08T00:00:00.000Z')]).toEqual([0.20001, 0.10001])
})
