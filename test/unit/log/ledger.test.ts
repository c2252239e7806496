import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slimUsage } from '../../../src/exchange/slim-usage.ts'
import { ledgerLine } from '../../../src/log/ledger.ts'
import { createPriceTable } from '../../../src/usage/price-table.ts'
import { priceOf } from '../../../src/usage/pricing.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { validLedgerLine } from '../../support/record-schema.ts'

const USAGE = {
  input_tokens: 12,
  output_tokens: 345,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 0 },
  output_tokens_details: { thinking_tokens: 200 },
  server_tool_use: { web_search_requests: 1, web_fetch_requests: 2 },
  service_tier: 'standard',
  inference_geo: 'us',
  speed: 'standard',
  iterations: [{ type: 'message', input_tokens: 12, output_tokens: 345 }],
}

test('a line has these fields of a record, in this order, and no others', () => {
  const record = exchangeRecord({
    agent_id: 'a1',
    parent_agent_id: 'a0',
    user: 'me',
    host: 'laptop',
    tags: { project: 'p', cost_center: '4711', branch: 'main', repository: 'r', team: 'x' },
    upstream_model: 'opus-of-the-company',
    response_model: 'claude-opus-4-8',
    attempts: [{ duration_ms: 3, status: 401, reason: 'refreshed' }],
    usage: USAGE,
    cost_usd: 0.0125,
    price: { table: '2026-11-28', source: 'built-in' },
    ms_per_token: 12.2,
    credential: { source: 'keychain:default', refreshed: true },
    request_headers: { 'user-agent': 'x' },
    ratelimit: { 'requests-limit': '5' },
  })
  const { v, ts, id, run_id, session_id, agent_id, parent_agent_id, profile, user } = record
  const { path, model, upstream_model, response_model, status, outcome } = record
  const { cost_usd, ttft_ms, duration_ms, ms_per_token } = record
  const line = {
    ...{ v, ts, id, run_id, session_id, agent_id, parent_agent_id, profile, user },
    tags: { project: 'p', cost_center: '4711', branch: 'main', repository: 'r' },
    ...{ path, model, upstream_model, response_model, status, outcome },
    retries: 1,
    usage: {
      input_tokens: 12,
      output_tokens: 345,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 100 },
      server_tool_use: { web_search_requests: 1 },
      inference_geo: 'us',
    },
    ...{ cost_usd, ttft_ms, duration_ms, ms_per_token },
    credential: { source: 'keychain:default' },
  }
  expect(ledgerLine(record)).toBe(`${JSON.stringify(line)}\n`)
})

test('what does not apply is absent, what is not known is null with its reason', () => {
  const record = exchangeRecord({
    ...{ session_id: undefined, usage: null, cost_usd: null, cost_usd_reason: 'why' },
    ...{ answered_by: 'claude-gw', attempts: [{ duration_ms: 1, reason: 'ECONNREFUSED' }] },
  })
  const line = validLedgerLine(JSON.parse(ledgerLine(record)))
  expect(line).toMatchObject({ usage: null, cost_usd: null, cost_usd_reason: 'why' })
  for (const name of ['session_id', 'tags', 'retries', 'credential', 'user'])
    expect(line).not.toHaveProperty(name)
})

test('what is kept of a usage costs the same', () => {
  const count = fc.oneof(fc.constant(0), fc.nat(300_000))
  const mode = (...names: readonly (string | null)[]) => fc.constantFrom(...names, undefined)
  const counters = {
    input_tokens: count,
    output_tokens: fc.integer({ min: 1, max: 9999 }),
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation: fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  }
  const type = fc.constantFrom('message', 'compaction', 'advisor_message', 'novelty')
  const part = fc.record({ type, model: mode('claude-opus-5'), ...counters })
  const usage = fc.record({
    ...counters,
    server_tool_use: fc.record({ web_search_requests: fc.nat(9), web_fetch_requests: fc.nat(9) }),
    speed: mode('fast', 'standard', null),
    inference_geo: mode('us', 'global', 'not_available', ''),
    service_tier: mode('batch', 'standard', 'priority'),
    iterations: fc.oneof(fc.constant(undefined), fc.array(part, { maxLength: 3 })),
  })
  const table = createPriceTable()
  const model = fc.constantFrom('claude-opus-5', 'claude-haiku-5-5', 'corp-opus')
  fc.assert(
    fc.property(model, usage, (name, one) => {
      const ask = (asked: object) => priceOf(table, { model: name, usage: { ...asked }, atMs: 0 })
      expect(ask(slimUsage(one))).toEqual(ask(one))
    }),
  )
})
