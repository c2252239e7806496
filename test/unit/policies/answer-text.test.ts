import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerCounts } from '../../../src/policies/answer/answer-counts.ts'
import { createAnswerSearch } from '../../../src/policies/answer/answer-search.ts'
import { TextScan } from '../../../src/policies/answer/text-scan.ts'
import type { Detector } from '../../../src/policies/detect/detector.ts'
import { DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { createFinder } from '../../../src/policies/detect/find.ts'
import { patternDetector } from '../../../src/policies/detect/pattern-detector.ts'
import { ANSWER_VALUES, answerText, cuts, inPieces } from '../../support/answer-streams.ts'

const find = createFinder(DETECTORS)

function maskedWhole(text: string, finder = find): string {
  return replaced(
    text,
    finder(text).map(({ start, end, detector }) => ({ start, end, text: `[${detector.noun}]` })),
  )
}

function replaced(text: string, ranges: readonly { start: number; end: number; text: string }[]): string {
  let at = 0
  let out = ''
  for (const { start, end, text: other } of ranges) {
    out += text.slice(at, start) + other
    at = end
  }
  return out + text.slice(at)
}

function maskedInPieces(
  pieces: readonly string[],
  maxMatchBytes = 256,
  detectors: readonly Detector[] = DETECTORS,
): string {
  const rules = detectors.map((detector) => ({ detector, action: 'mask' as const }))
  const scan = new TextScan(createAnswerSearch(rules, maxMatchBytes), new AnswerCounts())
  const ranges = [...pieces, undefined].flatMap((piece) => {
    if (piece !== undefined) scan.push(piece)
    return scan.decide(piece === undefined).replacements
  })
  return replaced(pieces.join(''), ranges)
}

/**
 * Whether only what stands further behind something makes it a part of a key, or makes it one line of a key that is
 * found line by line: it may be gone by then.
 */
function hasLateKey(text: string, maxMatchBytes = 256): boolean {
  return find(text).some(({ start, detector }) => {
    if (detector.name !== 'private-key') return false
    const soon = Buffer.from(text.slice(start)).subarray(0, maxMatchBytes).toString()
    return !find(text.slice(0, start) + soon).some(
      (found) => found.detector === detector && found.start === start,
    )
  })
}

test('a text in pieces is masked as the whole of it: 5,000 texts, cut anywhere', () => {
  fc.assert(
    fc.property(answerText, cuts, fc.nat(7), (text, at, speed) => {
      fc.pre(!hasLateKey(text))
      const pieces = speed === 0 ? (text.match(/.{1,3}/gs) ?? []) : inPieces(text, at)
      expect(maskedInPieces(pieces)).toBe(maskedWhole(text))
    }),
    { numRuns: 5000 },
  )
}, 120_000)

test('the same holds where more may wait', () => {
  fc.assert(
    fc.property(answerText, cuts, (text, at) => {
      fc.pre(!hasLateKey(text, 8192))
      expect(maskedInPieces(inPieces(text, at), 8192)).toBe(maskedWhole(text))
    }),
    { numRuns: 2000 },
  )
}, 120_000)

const LONG_KEY = ANSWER_VALUES.find((value) => value.startsWith('-----BEGIN ') && value.length > 1000) ?? ''
const LAYOUTS: Readonly<Record<string, (line: string, index: number) => string>> = {
  plain: (line) => line,
  indented: (line) => `    ${line}`,
  numbered: (line, index) => `${String(index + 1).padStart(6)}\t${line}`,
  'quoted, with commas': (line) => `  "${line}",`,
  'put together': (line) => `  "${line}\\n" +`,
  'added one by one': (line) => `key += '${line}\\n';`,
  appended: (line) => `    builder.append("${line}").append('\\n');`,
  commented: (line) => `// ${line}`,
  'a difference': (line) => `+${line}`,
}

describe.each(Object.keys(LAYOUTS))('of a long key, %s, nothing passes', (layout) => {
  const lines = LONG_KEY.split('\n')
  const text = lines.map((line, index) => LAYOUTS[layout]?.(line, index)).join('\n')
  const texts = fc.constantFrom(text, `${text}\n`, `${text}\nThat is all.${' more'.repeat(200)}`)
  const others = [DETECTORS, [...DETECTORS, patternDetector('own', '\\bmore\\b', 256)]]

  test('however it is cut', () => {
    expect(hasLateKey(text)).toBe(false)
    fc.assert(
      fc.property(texts, cuts, fc.nat(300), fc.constantFrom(...others), (text, at, size, detectors) => {
        const pieces = size > 0 ? (text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []) : inPieces(text, at)
        const masked = maskedInPieces(pieces, 256, detectors)
        for (const line of lines.slice(1, -1)) expect(masked).not.toContain(line.slice(0, 12))
        for (const line of lines.slice(1, -1)) expect(masked).not.toContain(line.slice(-12))
      }),
      { numRuns: 25 },
    )
  })
})

test('a line that only the next one makes a part of a key is masked as far as it is not gone by then', () => {
  const text = `-----BEGIN PRIVATE KEY-----\n ${'x'.repeat(300)} ${'AKIAQ3EGR7N5TX2WZ4BV'.repeat(2)}`
  expect(hasLateKey(text)).toBe(true)
  expect(maskedWhole(text)).toBe('-----BEGIN PRIVATE KEY-----\n [PRIVATE_KEY] [PRIVATE_KEY]')
  const goneBeforeLastLetter = text.length - 1 - 256 - '-----BEGIN PRIVATE KEY-----\n '.length
  expect(maskedInPieces([...text])).toBe(
    `-----BEGIN PRIVATE KEY-----\n ${'x'.repeat(goneBeforeLastLetter)}[PRIVATE_KEY] [PRIVATE_KEY]`,
  )
})

test.each([
  '\\bfoo\\b',
  '\\b \\w+\\b',
  '\\B\\W+',
  '^ *(\\w+ )+',
  '\\b\\w{1,9}$',
  '(?m)^\\w+( \\w+)?$',
  '\\bä|x\\b.{0,20}foo',
])('the same holds for %s, wherever the edges are', (pattern) => {
  const parts = ['foo', ' ', 'x', 'ä', '-', '\n', ' foo'.repeat(150), 'x'.repeat(600), '-'.repeat(40)]
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((some) => some.join(''))
  fc.assert(
    fc.property(text, cuts, fc.constantFrom(24, 1000), (text, at, maxBytes) => {
      const detector = patternDetector('own', pattern, maxBytes)
      expect(maskedInPieces(inPieces(text, at), maxBytes, [detector])).toBe(
        maskedWhole(text, createFinder([detector])),
      )
    }),
    { numRuns: 300 },
  )
})

test('a key is masked with its mark where what shows it line by line comes later than may be waited for', () => {
  const jwt = ANSWER_VALUES.find((value) => value.startsWith(' eyJ') && value.length > 1000)
  const text = `-----BEGIN PRIVATE KEY-----\n${'DE89370400440532013000'.repeat(2)}${jwt}-----END PRIVATE KEY-----`
  expect(hasLateKey(text)).toBe(true)
  expect(maskedWhole(text)).toBe('-----BEGIN PRIVATE KEY-----\n[PRIVATE_KEY] [JWT] -----END PRIVATE KEY-----')
  expect(maskedInPieces([...text])).toBe('[PRIVATE_KEY] [JWT] -----END PRIVATE KEY-----')
})

test('what a detector finds that knows no rule of blanks is found up to the longest value that may wait', () => {
  const detector: Detector = {
    ...{ name: 'plan', noun: 'PLAN' },
    findAll: (text) =>
      [...text.matchAll(/plan [a-z ]{0,60}x/g)].map(({ 0: { length }, index }) => ({
        start: index,
        end: index + length,
      })),
  }
  const search = createAnswerSearch([{ detector, action: 'mask' }], 128)
  const masked = (text: string) => {
    const scan = new TextScan(search, new AnswerCounts())
    const ranges = [...text, undefined].flatMap((letter) => {
      if (letter !== undefined) scan.push(letter)
      return scan.decide(letter === undefined).replacements
    })
    return replaced(text, ranges)
  }
  expect(masked(`the plan to go far x and ${'more '.repeat(100)}`)).toBe(
    `the [PLAN] and ${'more '.repeat(100)}`,
  )
  expect(masked(`a plan ${'b '.repeat(29)}x`)).toBe('a [PLAN]')
})
