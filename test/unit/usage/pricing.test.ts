import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPriceTable } from '../../../src/usage/price-table.ts'
import type { PriceRow } from '../../../src/usage/prices.ts'
import { LIST_PRICES } from '../../../src/usage/prices.ts'
import type { Purchase } from '../../../src/usage/pricing.ts'
import { priceOf } from '../../../src/usage/pricing.ts'

const TABLE = createPriceTable()
const NOW = Date.parse('2026-11-20T12:00:00Z')
const MILLION = 1_000_000

function cost(model: string, usage: object, changes: Partial<Purchase> = {}): number | string {
  const counted = { input_tokens: 0, output_tokens: 0, ...usage }
  const price = priceOf(TABLE, { model, usage: counted, atMs: NOW, ...changes })
  return 'reason' in price ? price.reason : price.costUsd
}

/** A million tokens of one kind. */
const INPUT = { input_tokens: MILLION }
const OUTPUT = { output_tokens: MILLION }
const WRITE_5M = {
  cache_creation_input_tokens: MILLION,
  cache_creation: { ephemeral_5m_input_tokens: MILLION, ephemeral_1h_input_tokens: 0 },
}
const WRITE_1H = {
  cache_creation_input_tokens: MILLION,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: MILLION },
}
const READ = { cache_read_input_tokens: MILLION }

describe('list prices, per million tokens', () => {
  test.each([
    ['claude-fable-5-2', 8, 40, 10, 16, 0.2],
    ['claude-fable-5-1', 10, 50, 12.5, 20, 0.25],
    ['claude-mythos-5-1', 10, 50, 12.5, 20, 0.25],
    ['claude-fable-5', 10, 50, 12.5, 20, 1],
    ['claude-opus-5-5', 4, 20, 5, 8, 0.2],
    ['claude-opus-5', 5, 25, 6.25, 10, 0.5],
    ['claude-opus-4-8', 5, 25, 6.25, 10, 0.5],
    ['claude-opus-4-5-20251101', 5, 25, 6.25, 10, 0.5],
    ['claude-opus-4-1-20250805', 15, 75, 18.75, 30, 1.5],
    ['claude-opus-4-20250514', 15, 75, 18.75, 30, 1.5],
    ['claude-sonnet-5-5', 2, 10, 2.5, 4, 0.1],
    ['claude-sonnet-5', 2, 10, 2.5, 4, 0.2],
    ['claude-sonnet-4-5-20250929', 3, 15, 3.75, 6, 0.3],
    ['claude-haiku-5-5', 0.5, 0.5, 0.625, 1, 0.05],
    ['claude-haiku-4-5-20251001', 1, 5, 1.25, 2, 0.1],
    ['claude-3-5-haiku-20241022', 0.8, 4, 1, 1.6, 0.08],
  ])('%s', (model, input, output, write5m, write1h, read) => {
    const costs = [INPUT, OUTPUT, WRITE_5M, WRITE_1H, READ].map((usage) => cost(model, usage))
    expect(costs).toEqual([input, output, write5m, write1h, read])
  })

  test('an old record keeps its old price', () => {
    const on = (day: string) => cost('claude-sonnet-5-5', READ, { atMs: Date.parse(day) })
    expect([on('2026-10-06T23:59:59.999Z'), on('2026-10-07T00:00:00.000Z')]).toEqual([0.2, 0.1])
  })

  test('Haiku 5.5 has two bands, by all tokens of the prompt', () => {
    const prompt = (input: number, read: number, write: number) =>
      cost('claude-haiku-5-5', {
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write,
      })
    expect(prompt(20_000, 60_000, 20_000)).toBe(0.0051)
    expect(prompt(20_001, 60_000, 20_000)).toBe(0.0255005)
    expect(prompt(0, 100_001, 0)).toBe(0.00500005)
  })

  test('cache writes of an unknown lifetime are those of 5 minutes', () => {
    expect(cost('claude-opus-5', { cache_creation_input_tokens: MILLION })).toBe(6.25)
    const split = { ephemeral_1h_input_tokens: 400_000 }
    expect(cost('claude-opus-5', { ...WRITE_5M, cache_creation: split })).toBe(0.4 * 10 + 0.6 * 6.25)
  })
})

describe('factors and searches', () => {
  test.each([
    ['claude-opus-5', { speed: 'fast' }, 10, 50, 1],
    ['claude-opus-5-5', { speed: 'fast' }, 8, 40, 0.4],
    ['claude-opus-4-6', { speed: 'fast' }, 30, 150, 3],
    ['claude-opus-5', { inference_geo: 'us' }, 5.5, 27.5, 0.55],
    ['claude-opus-5', { service_tier: 'batch' }, 2.5, 12.5, 0.25],
    ['claude-opus-5', { speed: 'fast', inference_geo: 'us', service_tier: 'batch' }, 5.5, 27.5, 0.55],
    ['claude-opus-5', { speed: 'standard', inference_geo: 'global', service_tier: 'standard' }, 5, 25, 0.5],
    ['claude-opus-5', { speed: null, inference_geo: 'not_available', service_tier: 'priority' }, 5, 25, 0.5],
  ])('%s %o', (model, mode, input, output, read) => {
    expect([INPUT, OUTPUT, READ].map((usage) => cost(model, { ...usage, ...mode }))).toEqual([
      input,
      output,
      read,
    ])
  })

  test('web searches are 10 USD per thousand, whatever the factors; fetches are free', () => {
    const tools = { server_tool_use: { web_search_requests: 3, web_fetch_requests: 9 } }
    expect(cost('claude-opus-5', tools)).toBe(0.03)
    expect(cost('claude-opus-5', { ...tools, speed: 'fast', service_tier: 'batch' })).toBe(0.03)
  })
})

describe('the parts of an answer', () => {
  const own = { ...INPUT, ...OUTPUT }

  test('a compaction and an advisor come on top', () => {
    const compaction = { type: 'compaction', input_tokens: MILLION, output_tokens: 0 }
    const advice = {
      type: 'advisor_message',
      model: 'claude-opus-5',
      input_tokens: 0,
      output_tokens: MILLION,
    }
    const message = { type: 'message', ...own }
    const usage = { ...own, iterations: [message, compaction, advice] }
    expect(cost('claude-sonnet-5', usage)).toBe(2 + 10 + 2 + 25)
    expect(cost('claude-opus-5', { ...usage, speed: 'fast' })).toBe(10 + 50 + 10 + 25)
  })

  test('each message of an answer has its own size of prompt', () => {
    const message = { type: 'message', input_tokens: 60_000, output_tokens: 0 }
    const usage = { input_tokens: 120_000, iterations: [message, message] }
    expect(cost('claude-haiku-5-5', usage)).toBe(0.012)
    expect(cost('claude-haiku-5-5', { ...usage, input_tokens: 120_001 })).toBe(0.0600005)
  })

  test('a part of a kind that is not known makes the cost unknown', () => {
    expect(cost('claude-opus-5', { ...own, iterations: [{ type: 'novelty' }] })).toMatch(/unknown kind/)
  })
})

describe('what is not known has a reason', () => {
  test.each([
    ['gpt-5', {}, /no price for this model/],
    ['claude-opus-9', {}, /no price for this model/],
    ['', {}, /names a model/],
    ['claude-opus-4-5', { inference_geo: 'us' }, /`inference_geo_us`/],
    ['claude-opus-5', { inference_geo: 'eu' }, /`inference_geo`/],
    ['claude-sonnet-5', { speed: 'fast' }, /`fast`/],
    ['claude-opus-5', { service_tier: 'constructor' }, /`service_tier`/],
    ['claude-opus-5', { input_tokens: 'many' }, /no counts/],
    ['claude-opus-5', { input_tokens: -1 }, /no counts/],
  ])('%s %o', (model, usage, reason) => {
    expect(cost(model, usage)).toMatch(reason)
  })

  test('an answer that broke off', () => {
    expect(cost('claude-opus-5', INPUT, { isFinal: false })).toMatch(/broke off/)
  })

  test('a usage in OpenAI’s form has no list price', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 10 }
    const price = priceOf(TABLE, { model: 'claude-opus-5', usage, atMs: NOW })
    expect(price).toEqual({ reason: expect.stringContaining('form of the list prices') })
  })
})

describe('a table of the user', () => {
  const rows: readonly PriceRow[] = [
    { model: 'corp-gpt', input: 2, output: 8, cache_read: 0.5 },
    { model: 'claude-opus-5', from: '2026-11-01', until: '2026-12-01', input: 1, output: 2 },
  ]
  const table = createPriceTable({ path: '/p.json', date: '2026-11-01', rows })
  const ask = (model: string, usage: object, atMs = NOW) =>
    priceOf(table, { model, usage: { input_tokens: 0, output_tokens: 0, ...usage }, atMs })

  test('goes before the list, model by model, and is named', () => {
    const origin = { table: '2026-11-01', source: '/p.json' }
    expect(ask('claude-opus-5', INPUT)).toEqual({ costUsd: 1, origin })
    expect(ask('claude-opus-4-8', INPUT)).toEqual({
      costUsd: 5,
      origin: { table: LIST_PRICES.date, source: 'built-in' },
    })
  })

  test('lacks what it does not say', () => {
    expect(ask('claude-opus-5', READ)).toEqual({ reason: expect.stringContaining('`cache_read`') })
    expect(ask('claude-opus-5', INPUT, Date.parse('2026-12-01'))).toEqual({
      reason: expect.stringContaining('on that day'),
    })
  })

  test('prices OpenAI’s form, where the prompt includes what was cached', () => {
    const usage = {
      prompt_tokens: MILLION,
      completion_tokens: MILLION,
      prompt_tokens_details: { cached_tokens: MILLION / 2 },
    }
    const price = priceOf(table, { model: 'corp-gpt', usage, atMs: NOW })
    expect(price).toMatchObject({ costUsd: 1 + 8 + 0.25 })
  })
})

describe('properties', () => {
  const model = fc.constantFrom(...LIST_PRICES.rows.map((row) => row.model))
  const atMs = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') })
  const count = fc.nat({ max: 2_000_000 })
  const usage = fc
    .record({ input: count, output: count, read: count, five: count, hour: count, searches: fc.nat(20) })
    .map(({ input, output, read, five, hour, searches }) => ({
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: five + hour,
      cache_creation: { ephemeral_5m_input_tokens: five, ephemeral_1h_input_tokens: hour },
      server_tool_use: { web_search_requests: searches },
    }))
  const known = (name: string, one: object, at: number): number => {
    const price = priceOf(TABLE, { model: name, usage: { ...one }, atMs: at })
    if ('reason' in price) throw new Error(price.reason)
    return price.costUsd
  }

  test('two answers together cost as much as both, within one band of prompts', () => {
    const unbanded = model.filter((name) => name !== 'claude-haiku-5-5')
    fc.assert(
      fc.property(unbanded, usage, usage, atMs, (name, one, other, at) => {
        const apart = known(name, one, at) + known(name, other, at)
        expect(Math.abs(known(name, sum(one, other), at) - apart)).toBeLessThan(5e-9)
      }),
    )
  })

  test('more tokens never cost less', () => {
    fc.assert(
      fc.property(model, usage, usage, atMs, (name, one, more, at) => {
        expect(known(name, sum(one, more), at)).toBeGreaterThanOrEqual(known(name, one, at))
      }),
    )
  })

  test('factors multiply each other', () => {
    fc.assert(
      fc.property(usage, atMs, (one, at) => {
        const quiet = { ...one, server_tool_use: {} }
        const modes = { speed: 'fast', inference_geo: 'us', service_tier: 'batch' }
        const ratio = 2 * 1.1 * 0.5
        const plain = known('claude-opus-5', quiet, at)
        expect(Math.abs(known('claude-opus-5', { ...quiet, ...modes }, at) - plain * ratio)).toBeLessThan(
          5e-9,
        )
      }),
    )
  })

  test('a cost is written without noise: at most nine digits behind the point', () => {
    fc.assert(
      fc.property(model, usage, atMs, (name, one, at) => {
        expect(JSON.stringify(known(name, one, at))).toMatch(/^\d+(\.\d{1,9})?$|^\d(\.\d+)?e-\d$/)
      }),
    )
  })

  test('nothing that a usage can hold is an error or a negative cost', () => {
    const names = ['input_tokens', 'output_tokens', 'cache_creation', 'iterations', 'speed', 'service_tier']
    const key = fc.constantFrom(...names, 'prompt_tokens', 'completion_tokens', 'inference_geo')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (junk) => {
        const price = priceOf(TABLE, { model: 'claude-opus-5', usage: junk, atMs: NOW })
        if ('costUsd' in price) expect(price.costUsd).toBeGreaterThanOrEqual(0)
        else expect(price.reason).not.toBe('')
      }),
    )
  })
})

function sum(one: object, other: object): object {
  const entries = Object.entries(one).map(([name, value]) => {
    const added = (other as Record<string, unknown>)[name]
    return [name, typeof value === 'number' ? value + Number(added) : sum(value as object, added as object)]
  })
  return Object.fromEntries(entries)
}
