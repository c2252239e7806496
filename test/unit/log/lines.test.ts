import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clause } from '../../../src/log/clues.ts'
import { linesOf } from '../../../src/log/lines.ts'

const lines = (text: string, ...needles: string[]) =>
  Array.from(
    linesOf(
      Buffer.from(text),
      needles.map((needle): Clause => [{ bytes: Buffer.from(needle) }]),
    ),
    String,
  )

test('gives the lines without their newlines', () => {
  expect(lines('one\ntwo\n')).toEqual(['one', 'two'])
})

test('gives a last line that has no newline', () => {
  expect(lines('one\ntwo')).toEqual(['one', 'two'])
})

test('leaves out empty lines', () => {
  expect(lines('\n\none\n\n\ntwo\n\n')).toEqual(['one', 'two'])
})

test('finds the same lines as looking at each of them', () => {
  const text = fc
    .array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é') }))
    .map((parts) => parts.join(''))
  const needles = fc.array(fc.constantFrom('a', 'ab', 'ba', 'bb', 'é'), { maxLength: 3 })
  fc.assert(
    fc.property(text, needles, (block, parts) => {
      const expected = block.split('\n').filter((line) => line && parts.every((part) => line.includes(part)))
      expect(lines(block, ...parts)).toEqual(expected)
    }),
  )
})
