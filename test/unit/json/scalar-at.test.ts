import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scalarAt } from '../../../src/json/scalar-at.ts'

const at = (json: string, start = 0) => scalarAt(Buffer.from(json), start)

test.each([
  ['"ok"', 'ok'],
  ['""', ''],
  ['429,', 429],
  ['-0.25}', -0.25],
  ['1e3', 1000],
  ['12345678901234567890', 12345678901234567000],
  ['true', true],
  ['false', false],
  ['null', null],
])('%s is %j', (json, value) => {
  expect(at(json)).toBe(value)
})

test.each(['{}', '[1]', '"a\\n"', '"é"', '"open', '', '-'])('%s takes more than a look', (json) => {
  expect(at(json)).toBeUndefined()
})

test('what is given is what JSON.parse gives', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.integer(),
    fc.boolean(),
  )
  fc.assert(
    fc.property(value, (scalar) => {
      const json = JSON.stringify({ name: scalar, other: 1 })
      const found = at(json, '{"name":'.length)
      if (found !== undefined) expect(found).toBe(JSON.parse(json).name)
    }),
    { numRuns: 1000 },
  )
})

test('prices and milliseconds need no second look', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(1, 10, 1000, 1e6), (number, unit) => {
      const text = JSON.stringify(number / unit)
      if (!text.includes('e')) expect(at(text)).toBe(number / unit)
    }),
  )
})
