import { expect, test } from 'vitest'
import { RefusalLimit } from '../../../src/gateway/refusal-limit.ts'

test('ten refusals a minute are recorded, and the next record tells how many were not', () => {
  let nowMs = 5
  const limit = new RefusalLimit(() => nowMs)
  const admitted = Array.from({ length: 15 }, () => limit.admit())
  expect(admitted.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0))
  expect(admitted.slice(10)).toEqual(Array.from({ length: 5 }, () => undefined))
  nowMs += 59_999
  expect(limit.admit()).toBeUndefined()
  nowMs += 1
  expect(limit.admit()).toBe(6)
  expect(limit.admit()).toBe(0)
})
