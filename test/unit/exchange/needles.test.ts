import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Needles } from '../../../src/exchange/needles.ts'

/** Leftmost first, and of those the longest, one comparison after the other. */
function slowly(texts: readonly string[], text: string): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = []
  for (let start = 0; start < text.length; ) {
    const lengths = texts.filter((one) => text.startsWith(one, start)).map(({ length }) => length)
    const end = start + Math.max(0, ...lengths)
    if (end > start) spans.push({ start, end })
    start = Math.max(end, start + 1)
  }
  return spans
}

test('finds what a slow search finds', () => {
  const letters = fc.constantFrom('a', 'b', 'c')
  const needle = fc.string({ unit: letters, minLength: 2, maxLength: 7 })
  const text = fc.string({ unit: letters, maxLength: 60 })
  fc.assert(
    fc.property(fc.array(needle, { minLength: 1, maxLength: 6 }), text, (needles, hay) => {
      expect(new Needles(needles).spansIn(Buffer.from(hay))).toEqual(slowly(needles, hay))
    }),
    { numRuns: 2000 },
  )
})

test('finds long ones among all bytes, at both ends too', () => {
  const secret = 'cgw-0123456789abcdef0123456789abcdef'
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))
  const bytes = Buffer.concat([Buffer.from(secret), noise, Buffer.from(secret)])
  expect(new Needles([secret, 'short1']).spansIn(bytes)).toEqual([
    { start: 0, end: 36 },
    { start: 5036, end: 5072 },
  ])
})

test('finds nothing where there is nothing to look for, or no room for it', () => {
  expect(new Needles([]).spansIn(Buffer.from('abc'))).toEqual([])
  expect(new Needles(['abcdef']).spansIn(Buffer.from('abcde'))).toEqual([])
  expect(new Needles(['abcdef']).spansIn(Buffer.alloc(0))).toEqual([])
})
