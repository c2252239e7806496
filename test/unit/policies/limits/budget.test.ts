import { expect, test } from 'vitest'
import { parseLimit } from '../../../../src/config/limit-parser.ts'
import type { AccountState } from '../../../../src/policies/limits/account-state.ts'
import { budgetLeft, budgetWarnings } from '../../../../src/policies/limits/budget.ts'

const NOW = new Date(2026, 10, 20, 12).getTime()
const MIDNIGHT = new Date(2026, 10, 21).getTime()

function account(json: object, used: number, changes: Partial<AccountState> = {}): AccountState {
  return { rule: parseLimit('daily', json), group: '', used, inFlight: 0, resetsAtMs: MIDNIGHT, ...changes }
}

test('a limit is told of from its threshold on', () => {
  const daily = { usd: 20, per: 'day' }
  expect(budgetWarnings([account(daily, 15.99)], NOW)).toEqual([])
  expect(budgetWarnings([account(daily, 16.4)], NOW)).toEqual([
    'limit daily: $16.40 of $20.00 per day used (82 %); it has room again on 2026-11-21 at 00:00 (in 12 h 0 min)',
  ])
  expect(budgetWarnings([account({ ...daily, warnAt: 0.9 }, 16.4)], NOW)).toEqual([])
})

test('it says for whom it is, without what could move a cursor', () => {
  const models = { outputTokens: 1_500_000, per: 'hour', by: 'model' }
  const states = [
    account(models, 1_500_001, { group: 'a\u001b[2J', resetsAtMs: NOW + 90_000 }),
    account(models, 2e6),
  ]
  expect(budgetWarnings(states, NOW)).toEqual([
    'limit daily (model a�[2J): 1,500,001 of 1,500,000 output tokens per hour used (100 %); it has room again at 12:01 (in 2 min)',
    expect.stringMatching(/^limit daily \(no model\): 2,000,000 of /),
  ])
})

test('pace is nothing to tell of', () => {
  const states = [
    account({ requests: 5, per: 'minute' }, 5),
    account({ burst: 1 }, 1),
    account({ concurrent: 1 }, 1),
  ]
  expect(budgetWarnings(states, NOW)).toEqual([])
  expect(budgetLeft(states)).toBeUndefined()
})

test('what is left is that of the budget that ends first', () => {
  const states = [account({ usd: 300, per: 'month' }, 100), account({ usd: 20, per: 'day' }, 16.4)]
  expect(budgetLeft(states)).toBe('$3.60 left of $20.00 per day')
  expect(budgetLeft([account({ usd: 20, per: 'run' }, 25)])).toBe('$0.00 left of $20.00 per run')
  expect(budgetLeft([account({ tokens: 1000, per: 'day' }, 100)])).toBeUndefined()
  expect(budgetLeft([account({ tokens: 1000, per: 'day' }, 900)])).toBe(
    '100 tokens left of 1,000 tokens per day',
  )
})
