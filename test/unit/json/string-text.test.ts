import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringBytes, stringText } from '../../../src/json/string-text.ts'

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\t': '\\t',
}

/** A character as JSON text, as it is if it may be, else or on demand escaped. */
function written(letter: string, isEscaped: boolean): string {
  const mustBe = letter < ' ' || letter === '"' || letter === '\\'
  if (!isEscaped && !mustBe) return letter
  const units = Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at))
  return SHORT[letter] ?? units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

const letter = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom('a', '\n', '"', '\\', '/', 'é', '→', '\u{1F600}'),
)
const letters = fc.array(fc.tuple(letter, fc.boolean()), { maxLength: 30 })

test('ranges lead to the bytes that say the same, however they are written', () => {
  fc.assert(
    fc.property(letters, fc.nat(), fc.nat(), (parts, first, second) => {
      const raw = Buffer.from(`"${parts.map(([one, isEscaped]) => written(one, isEscaped)).join('')}"`)
      const { text, spansOf } = stringText(raw)
      const [from = 0, to = 0] = [first, second]
        .map((at) => at % (parts.length + 1))
        .sort((left, right) => left - right)
      const lengthOf = (count: number) => parts.slice(0, count).reduce((sum, [one]) => sum + one.length, 0)
      const range = { start: lengthOf(from), end: lengthOf(to) }
      const [span = { start: 0, end: 0 }] = spansOf([range])
      expect(text).toBe(parts.map(([one]) => one).join(''))
      expect(JSON.parse(`"${raw.subarray(span.start, span.end)}"`)).toBe(text.slice(range.start, range.end))
    }),
    { numRuns: 1000 },
  )
}, 30_000)

test('a character is not cut apart', () => {
  const { spansOf } = stringText(Buffer.from('"a\u{1F600}b"'))
  expect(spansOf([{ start: 2, end: 3 }])).toEqual([{ start: 2, end: 6 }])
  expect(spansOf([{ start: 1, end: 2 }])).toEqual([{ start: 2, end: 6 }])
})

test('bytes that are no UTF-8 are one character each', () => {
  const { text, spansOf } = stringText(Buffer.from([0x22, 0xff, 0x5c, 0x6e, 0xc3, 0x61, 0x22]))
  expect(text).toBe('\u00ff\n\u00c3a')
  expect(spansOf([{ start: 1, end: 3 }])).toEqual([{ start: 2, end: 5 }])
})

test('what is written between quotes reads as the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(stringText(Buffer.concat([Buffer.from('"'), stringBytes(value), Buffer.from('"')])).text).toBe(
        value,
      )
    }),
  )
})
