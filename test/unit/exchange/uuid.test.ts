import { expect, test } from 'vitest'
import { uuidv7 } from '../../../src/exchange/uuid.ts'

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const LATER_MS = Date.parse('2100-01-01T00:00:00Z')

test('has version 7 and the variant of RFC 9562', () => {
  for (let i = 0; i < 1000; i += 1) expect(uuidv7()).toMatch(FORM)
})

test('begins with the milliseconds', () => {
  const id = uuidv7(LATER_MS)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(LATER_MS)
})

test('rises within one millisecond, also beyond what the counter holds', () => {
  const ids = Array.from({ length: 10_000 }, () => uuidv7(LATER_MS + 1))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('rises when the clock is set back', () => {
  const before = uuidv7(LATER_MS + 60_000)
  expect(uuidv7(LATER_MS + 50_000) > before).toBe(true)
})

test('has a random end', () => {
  const ends = Array.from({ length: 1000 }, () => uuidv7().slice(19))
  expect(new Set(ends).size).toBe(ends.length)
})
