import { expect, test } from 'vitest'
import { createRefusalLimit } from '../../../src/gateway/refusal-limit.ts'

test('lets ten through in a minute, and ten more in the next', () => {
  let nowMs = 0
  const isWithinLimit = createRefusalLimit(() => nowMs)
  const tryTwenty = () => Array.from({ length: 20 }, isWithinLimit).filter(Boolean).length
  expect(tryTwenty()).toBe(10)
  nowMs = 59_999
  expect(tryTwenty()).toBe(0)
  nowMs = 60_000
  expect(tryTwenty()).toBe(10)
})
