import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarPeriod, createSum } from '../../../../src/policies/limits/sums.ts'

const NOON = new Date(2026, 10, 28, 12).getTime()
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

test('a minute slides: what began 59 s ago counts, what began a minute ago does not', () => {
  const sum = createSum('minute')
  sum.add(NOON, 5, NOON)
  expect(sum.total(NOON + 59 * SECOND)).toBe(5)
  expect(sum.total(NOON + MINUTE)).toBe(0)
})

test('what came late counts where it belongs, and not at all where it is too old', () => {
  const sum = createSum('hour')
  sum.add(NOON, 1, NOON)
  sum.add(NOON - 30 * MINUTE, 2, NOON)
  sum.add(NOON - 2 * HOUR, 4, NOON)
  expect(sum.total(NOON)).toBe(3)
  expect(sum.total(NOON + 31 * MINUTE)).toBe(1)
})

test('a sliding sum says when it falls below an amount', () => {
  const sum = createSum('minute')
  for (let second = 0; second < 10; second++) sum.add(NOON + second * SECOND, 1, NOON + second * SECOND)
  const freeMs = sum.freeAtMs(8, NOON + 9 * SECOND) ?? 0
  expect(sum.total(freeMs - 1)).toBe(8)
  expect(sum.total(freeMs)).toBe(7)
})

test('a sliding sum is that of a list, to the step, in any order', () => {
  const entry = fc.tuple(fc.nat(5 * 60), fc.integer({ min: 1, max: 9 }))
  fc.assert(
    fc.property(fc.array(entry), fc.nat(10 * 60), (entries, later) => {
      const sum = createSum('minute')
      const readSecond = 5 * 60
      for (const [second, amount] of entries)
        sum.add(NOON + second * SECOND, amount, NOON + readSecond * SECOND)
      const sinceSecond = readSecond + later - 60
      const kept = entries.filter(([second]) => second > Math.max(sinceSecond, readSecond - 60))
      expect(sum.total(NOON + (readSecond + later) * SECOND)).toBe(
        kept.reduce((all, [, amount]) => all + amount, 0),
      )
    }),
  )
})

test('days and months are those of the clock on the wall', () => {
  const day = createSum('day')
  const month = createSum('month')
  for (const sum of [day, month]) {
    sum.add(new Date(2026, 10, 28, 0, 0, 0).getTime(), 1, NOON)
    sum.add(new Date(2026, 10, 27, 23, 59, 59).getTime(), 2, NOON)
    sum.add(new Date(2026, 9, 31, 23, 59, 59).getTime(), 4, NOON)
  }
  expect([day.total(NOON), month.total(NOON)]).toEqual([1, 3])
  expect(day.freeAtMs(1, NOON)).toBe(new Date(2026, 10, 29).getTime())
  expect(month.freeAtMs(1, NOON)).toBe(new Date(2026, 11, 1).getTime())
  expect([day.total(NOON + 12 * HOUR), month.total(NOON + 12 * HOUR)]).toEqual([0, 3])
})

test('a day follows the day before without a gap, where the clocks change too', () => {
  let at = new Date(2026, 0, 1).getTime()
  for (let day = 0; day < 366; day++) {
    const { startMs, endMs } = calendarPeriod('day', at)
    expect(startMs).toBe(at)
    at = endMs
  }
})

test('a run never ends', () => {
  const sum = createSum('run')
  sum.add(NOON, 2, NOON)
  expect(sum.total(NOON + 1000 * HOUR)).toBe(2)
  expect(sum.freeAtMs(1, NOON)).toBeUndefined()
})
