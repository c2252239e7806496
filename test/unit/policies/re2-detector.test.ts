import { describe, expect, test } from 'vitest'
import { createFinder } from '../../../src/policies/detect/find.ts'
import { re2Detector } from '../../../src/policies/detect/re2-detector.ts'

function found(pattern: string, text: string, maxBytes = 256): string[] {
  return createFinder([re2Detector('own', pattern, maxBytes)])(text).map(({ start, end }) =>
    text.slice(start, end),
  )
}

describe('a pattern in the syntax of RE2', () => {
  test.each([
    [String.raw`\bcat\b`, 'cat concat cat, bobcat', ['cat', 'cat']],
    ['^one', 'one and one', ['one']],
    ['(?m)^b$', 'a\nb\nbb', ['b']],
    [String.raw`\pL+é`, 'naïve café', ['café']],
    ['a|ab', 'abab', ['ab', 'ab']],
    ['(?i)geheim', 'GEHEIM Geheim', ['GEHEIM', 'Geheim']],
    [String.raw`\b😀+\b|😀`, 'x 😀 y', ['😀']],
  ])('%s in %j finds %j', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected)
  })

  test('is no match where it is longer than it may be', () => {
    expect(found(String.raw`\bx+\b`, `${'x'.repeat(20)} ${'x'.repeat(10)}`, 10)).toEqual(['x'.repeat(10)])
  })

  test.each(['(?=a)b', String.raw`(a)\1`, '(', 'a**b('])('%s is none', (pattern) => {
    expect(() => re2Detector('own', pattern, 256)).toThrow()
  })

  test.each(['', 'a*', '^', '$'])('%j would match everywhere, and is refused', (pattern) => {
    expect(() => re2Detector('own', pattern, 256)).toThrow(/matches nothing at all/)
  })

  test('takes time that grows with the text and no faster', () => {
    const milliseconds = (length: number) => {
      const beginMs = performance.now()
      found(String.raw`(x+x+)+y\b`, 'x'.repeat(length))
      return performance.now() - beginMs
    }
    milliseconds(1000)
    expect(milliseconds(200_000)).toBeLessThan(40 * Math.max(5, milliseconds(20_000)))
  })
})
