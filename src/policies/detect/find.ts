import { isDigit } from './boundary.ts'
import type { Detector, DigitsDetector, Found, LiteralDetector } from './detector.ts'

const DIGIT = /\d/g

/** A range of a text, and who found it. */
export interface Finding extends Found {
  readonly detector: Detector
}

/**
 * Looks through a text; `before` is the end of what stands before it, if that is not looked through any more.
 * @throws RangeError where it would take too long
 */
export type TextFinder = (text: string, before?: string) => Finding[]

/**
 * Prepares a search. What it finds comes in the order of the text and without overlaps: of two that overlap the first
 * counts, of two that start together the longer one, and then the one that stands first in the list.
 */
export function createFinder(detectors: readonly Detector[]): TextFinder {
  const literals = detectors.filter((detector) => 'anchors' in detector)
  const readers = detectors.filter((detector) => 'findAll' in detector)
  const byRun = digitsByRun(detectors.filter((detector) => 'shortestRun' in detector))
  return (text, before = '') => {
    const findings: Finding[] = []
    for (const detector of literals) findLiterals(text, detector, findings)
    for (const detector of readers) add(findings, detector, detector.findAll(text, before))
    if (byRun.length > 0) findDigits(text, byRun, findings)
    return findings.length < 2 ? findings : withoutOverlaps(findings)
  }
}

/** For each length of a run of digits, who wants it. */
function digitsByRun(detectors: readonly DigitsDetector[]): DigitsDetector[][] {
  const longest = Math.max(0, ...detectors.map(({ longestRun }) => longestRun))
  return Array.from({ length: detectors.length === 0 ? 0 : longest + 1 }, (_, length) =>
    detectors.filter(({ shortestRun, longestRun }) => shortestRun <= length && length <= longestRun),
  )
}

function findLiterals(text: string, detector: LiteralDetector, findings: Finding[]): void {
  for (const anchor of detector.anchors) {
    let at = text.indexOf(anchor)
    while (at !== -1) {
      const ranges = detector.find(text, at)
      add(findings, detector, ranges)
      at = text.indexOf(anchor, Math.max(at + 1, ranges.at(-1)?.end ?? 0))
    }
  }
}

/** A search by expression is some ten times as fast as looking at each character. */
function findDigits(text: string, byRun: readonly DigitsDetector[][], findings: Finding[]): void {
  DIGIT.lastIndex = 0
  while (DIGIT.test(text)) {
    const start = DIGIT.lastIndex - 1
    let end = start + 1
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1
    for (const detector of byRun[end - start] ?? []) {
      const range = detector.find(text, start, end)
      if (range) findings.push({ start: range.start, end: range.end, detector })
    }
    DIGIT.lastIndex = end
  }
}

function add(findings: Finding[], detector: Detector, ranges: readonly Found[]): void {
  for (const range of ranges) if (range.end > range.start) findings.push({ ...range, detector })
}

function withoutOverlaps(findings: Finding[]): Finding[] {
  // Sorting is stable: the order of the detectors decides between equal ranges.
  findings.sort((left, right) => left.start - right.start || right.end - left.end)
  let end = 0
  return findings.filter((finding) => {
    if (finding.start < end) return false
    end = finding.end
    return true
  })
}
