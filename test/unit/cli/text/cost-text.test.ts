import { expect, test } from 'vitest'
import { cachedText, costText } from '../../../../src/cli/text/cost-text.ts'
import { addToTotals, createTotals, knownCost } from '../../../../src/exchange/totals.ts'
import { exchangeRecord } from '../../../support/exchange-record.ts'

function totalsOf(...costs: readonly (number | null | undefined)[]) {
  const totals = createTotals()
  for (const cost_usd of costs) addToTotals(totals, exchangeRecord({ cost_usd }))
  return totals
}

test.each([
  [[], undefined, 0],
  [[undefined], undefined, 0],
  [[0.1, 0.2], '$0.30', 0.3],
  [[0.1, null, 0.2, null, undefined], '$0.30 + 2 unknown', 0.3],
  [[0, null], '$0 + 1 unknown', 0],
  [[null], 'cost unknown', null],
] as const)('%j is %s', (costs, text, known) => {
  const totals = totalsOf(...costs)
  expect(costText(totals)).toBe(text)
  expect(knownCost(totals)).toBe(known)
})

test('the part of the prompts that came from the cache', () => {
  expect(cachedText(totalsOf(0))).toBe('99 % cached')
  expect(cachedText(createTotals())).toBeUndefined()
})
