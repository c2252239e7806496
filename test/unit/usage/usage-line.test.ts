import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KIND } from '../../../src/json/field-kind.ts'
import type { Counter } from '../../../src/usage/counters.ts'
import { COUNTERS } from '../../../src/usage/counters.ts'
import { UsageLine } from '../../../src/usage/usage-line.ts'
import { expectedOf, usageLines } from '../../support/usage-lines.ts'

const line = new UsageLine()
const isOurs = (text: string) => line.read(Buffer.from(`${text}\n    `), 0, Buffer.byteLength(text))

function dimensions(): (string | null)[] {
  return [...line.dimensionSlots].map((slot) => {
    const kind = line.reader.kind(slot)
    return kind === KIND.absent || kind === KIND.null ? null : line.reader.text(slot)
  })
}

test('reads what JSON.parse reads, in any order of fields', () => {
  fc.assert(
    fc.property(usageLines, (text) => {
      expect(isOurs(text)).toBe(true)
      const expected = expectedOf(text)
      expect(Object.fromEntries(COUNTERS.map((name, index) => [name, line.counters[index]]))).toEqual(
        expected.counters,
      )
      expect(dimensions()).toEqual(expected.dimensions)
      expect(line.atMs).toBe(Date.parse(JSON.parse(text).ts))
      expect(line.ttftMs).toBe(JSON.parse(text).ttft_ms)
    }),
    { numRuns: 600 },
  )
})

const fine = { v: 1, ts: '2026-11-20T14:03:22.120Z', outcome: 'ok', usage: { input_tokens: 1 }, cost_usd: 1 }

test.each([
  ['of a future version', { ...fine, v: 2 }],
  ['without a version', { ...fine, v: undefined }],
  ['without a time', { ...fine, ts: 'soon' }],
  ['without an outcome', { ...fine, outcome: undefined }],
  ['with a text for a count', { ...fine, usage: { input_tokens: '1' } }],
  ['with half a token', { ...fine, usage: { input_tokens: 0.5 } }],
  ['with a negative cost', { ...fine, cost_usd: -1 }],
  ['with a list for a name', { ...fine, model: ['x'] }],
  ['with more tokens than there can be', { ...fine, usage: { input_tokens: 1e15 } }],
])('takes no line %s', (_what, fields) => {
  expect(isOurs(JSON.stringify(fine))).toBe(true)
  expect(isOurs(JSON.stringify(fields))).toBe(false)
})

test.each(['2026-11-20T14:03:22Z', '2026-11-20T15:03:22.120+01:00', '2026-11-20 14:03:22.120Z'])(
  'takes the time %s',
  (ts) => {
    expect(isOurs(JSON.stringify({ ...fine, ts }))).toBe(true)
    expect(line.atMs).toBe(Date.parse(ts))
  },
)

test('a price is asked for in place of the cost, with the whole line', () => {
  const asked: string[] = []
  const prices = [2, null, undefined]
  const repriced = new UsageLine((text) => {
    asked.push(text)
    return prices[asked.length - 1]
  })
  const text = JSON.stringify({ ...fine, stop_reason: 'end_turn' })
  const costs = prices.map(() => {
    repriced.read(Buffer.from(text), 0, text.length)
    return ['costNanoUsd', 'knownCost', 'unknownCost'].map(
      (name) => repriced.counters[COUNTERS.indexOf(name as Counter)],
    )
  })
  expect(costs).toEqual([
    [2e9, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ])
  expect(asked).toEqual([text, text, text])
})
