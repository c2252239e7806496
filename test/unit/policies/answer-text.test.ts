import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerCounts } from '../../../src/policies/answer/answer-counts.ts'
import { createAnswerSearch } from '../../../src/policies/answer/answer-search.ts'
import { TextScan } from '../../../src/policies/answer/text-scan.ts'
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
