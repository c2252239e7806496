import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, Sketch } from '../../../src/usage/sketch.ts'

/** From a millisecond to some hours, more of the short ones. */
const durations = fc.double({ min: 0, max: 7, noNaN: true }).map((exponent) => 10 ** exponent)

test('a quantile is at most 2 % beside the value of that rank', () => {
  const shares = fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1)
  fc.assert(
    fc.property(fc.array(durations, { minLength: 1, maxLength: 400 }), shares, (values, share) => {
      const sketch = new Sketch()
      for (const value of values) sketch.add(bucketOf(value))
      const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? 0
      expect(Math.abs((sketch.quantile(share) ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.0200001)
    }),
  )
})

test('an empty one has none', () => {
  expect(new Sketch().quantile(0.5)).toBeUndefined()
})

test.each([0, 0.4, 1, 1e300])('takes %d', (value) => {
  const sketch = new Sketch()
  sketch.add(bucketOf(value))
  expect(sketch.quantile(1)).toBeGreaterThan(0)
})
