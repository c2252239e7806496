import { describe, expect, test } from 'vitest'
import { recordsOf } from '../support/claude-run.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { pricedAnswer } from './priced-answer.ts'
import { openClaudeHome, runThrough, startMessagesUpstream } from './real-claude.ts'

const USAGE = {
  input_tokens: 1234,
  output_tokens: 567,
  cache_read_input_tokens: 45_678,
  cache_creation_input_tokens: 3000,
  cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
}
const SEARCHES = { ...USAGE, server_tool_use: { web_search_requests: 3, web_fetch_requests: 1 } }
const LONG = { ...USAGE, cache_read_input_tokens: 95_767 }

/** What Claude Code says a run cost, and what our records do. */
async function costsOf(model: string, fault: Fault) {
  const upstream = await startMessagesUpstream(fault)
  const home = openClaudeHome()
  const result = await runThrough(home, upstream.url, [
    '-p',
    'hello',
    '--output-format',
    'json',
    '--model',
    model,
  ])
  expect(result.exitCode).toBe(0)
  const records = recordsOf(home)
  const ours = records.reduce((sum, { cost_usd }) => sum + (cost_usd ?? Number.NaN), 0)
  return { theirs: JSON.parse(result.stdout).total_cost_usd as number, ours, records }
}

describe('a run costs what Claude Code says it does', () => {
  test.each([
    ['claude-opus-5-5', 'cache reads and writes of both kinds', USAGE],
    ['claude-opus-4-8', 'inference in the US only', { ...USAGE, inference_geo: 'us' }],
    ['claude-opus-4-5-20251101', 'a dated name', USAGE],
    ['claude-fable-5-1', 'cheap cache reads', USAGE],
    ['claude-fable-5-2', 'the newest', USAGE],
    ['claude-sonnet-5-5', 'searches', SEARCHES],
    ['claude-sonnet-4-6', 'the usual', USAGE],
    ['claude-haiku-4-5-20251001', 'the usual', USAGE],
    ['claude-haiku-5-5', 'a prompt of 100,000 tokens', { ...LONG, input_tokens: 1233 }],
    ['claude-haiku-5-5', 'a prompt of 100,001 tokens', LONG],
  ])('%s: %s', async (model, _what, usage) => {
    const { theirs, ours } = await costsOf(model, pricedAnswer(usage))
    expect(ours).toBeGreaterThan(0)
    expect(ours).toBeCloseTo(theirs, 9)
  })
})

describe('where we differ from Claude Code, on purpose', () => {
  test('an answer of another model: it goes by the one asked for, we by the one that answered', async () => {
    const fault = pricedAnswer(USAGE, 'claude-haiku-4-5-20251001')
    const { theirs, ours } = await costsOf('claude-opus-5-5', fault)
    const alone = await costsOf('claude-haiku-4-5-20251001', fault)
    expect(ours).toBeCloseTo(alone.ours, 9)
    expect(theirs).toBeGreaterThan(ours * 2)
  })

  test('a model without a price: it takes that of another, we say that we do not know', async () => {
    const { theirs, records } = await costsOf('corp-opus', pricedAnswer(USAGE))
    expect(theirs).toBeGreaterThan(0)
    expect(records).toMatchObject([{ cost_usd: null, cost_usd_reason: expect.stringContaining('no price') }])
  })
})
