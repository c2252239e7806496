import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textPattern } from '../../../src/log/text-pattern.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.', '\n') })
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '*', '.') })

test('a pattern matches what the regular expression of it does', () => {
  fc.assert(
    fc.property(text, pattern, (subject, stars) => {
      const source = stars.replaceAll('.', '\\.').replaceAll('*', '.*')
      const expected = new RegExp(stars.includes('*') ? `^${source}$` : source, 'is').test(subject)
      expect(textPattern(stars)(subject)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})
