import { isDigit } from './boundary.ts'
import type { Detector, DigitsDetector, LiteralDetector, Range } from './detector.ts'

const DIGIT = /\d/g

/** A range of a text, and who found it. */
export interface Finding extends Range {
  readonly detector: Detector
}

/**
 * What the detectors find in a text, in its order and without overlaps: of two that overlap the first counts,
 * of two that start together the longer one, and then the one that stands first in the list.
 */
export function findAll(text: string, detectors: readonly Detector[]): Finding[] {
  const findings: Finding[] = []
  const digits: DigitsDetector[] = []
  for (const detector of detectors) {
    if ('anchors' in detector) findLiterals(text, detector, findings)
    else if ('findAll' in detector) add(findings, detector, detector.findAll(text))
    else digits.push(detector)
  }
  if (digits.length > 0) findDigits(text, digits, findings)
  return findings.length < 2 ? findings : withoutOverlaps(findings)
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
function findDigits(text: string, detectors: readonly DigitsDetector[], findings: Finding[]): void {
  DIGIT.lastIndex = 0
  while (DIGIT.test(text)) {
    const start = DIGIT.lastIndex - 1
    let end = start + 1
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1
    findAtRun(text, start, end, detectors, findings)
    DIGIT.lastIndex = end
  }
}

function findAtRun(
  text: string,
  start: number,
  end: number,
  detectors: readonly DigitsDetector[],
  findings: Finding[],
): void {
  const length = end - start
  for (const detector of detectors) {
    if (length < detector.shortestRun || length > detector.longestRun) continue
    const range = detector.find(text, start, end)
    if (range) findings.push({ start: range.start, end: range.end, detector })
  }
}

function add(findings: Finding[], detector: Detector, ranges: readonly Range[]): void {
  for (const { start, end } of ranges) if (end > start) findings.push({ start, end, detector })
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
