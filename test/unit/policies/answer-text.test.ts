import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerCounts } from '../../../src/policies/answer/answer-counts.ts'
import { createAnswerSearch } from '../../../src/policies/answer/answer-search.ts'
import { TextScan } from '../../../src/policies/answer/text-scan.ts'
import type { Detector } from '../../../src/policies/detect/detector.ts'
import { DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { createFinder } from '../../../src/policies/detect/find.ts'
import { answerText, cuts, inPieces } from '../../support/answer-streams.ts'

const MASK = DETECTORS.map((detector) => ({ detector, action: 'mask' as const }))
const find = createFinder(DETECTORS)

function maskedWhole(text: string): string {
  return replaced(
    text,
    find(text).map(({ start, end, detector }) => ({ start, end, text: `[${detector.noun}]` })),
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

function maskedInPieces(pieces: readonly string[], maxMatchBytes = 256): string {
  const scan = new TextScan(createAnswerSearch(MASK, maxMatchBytes), new AnswerCounts())
  const ranges = [...pieces, undefined].flatMap((piece) => {
    if (piece !== undefined) scan.push(piece)
    return scan.decide(piece === undefined).replacements
  })
  return replaced(pieces.join(''), ranges)
}

test('a text in pieces is masked as the whole of it: 10,000 texts, cut anywhere', () => {
  fc.assert(
    fc.property(answerText, cuts, fc.boolean(), (text, at, isSlow) => {
      const pieces = isSlow ? (text.match(/.{1,3}/gs) ?? []) : inPieces(text, at)
      expect(maskedInPieces(pieces)).toBe(maskedWhole(text))
    }),
    { numRuns: 10_000 },
  )
}, 240_000)

test('the same holds where more may wait', () => {
  fc.assert(
    fc.property(answerText, cuts, (text, at) => {
      expect(maskedInPieces(inPieces(text, at), 8192)).toBe(maskedWhole(text))
    }),
    { numRuns: 2000 },
  )
}, 120_000)

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
