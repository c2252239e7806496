import { PatternFinder } from '../../exchange/pattern-finder.ts'
import type { Span } from '../../json/scanner.ts'
import type { Range, TextDetector } from './detector.ts'

/**
 * Knows what a pattern of the user's matches, which may have `\b`, `^` and `$`. A search that would take too long throws a
 * RangeError.
 * @param name letters, digits and single `-` between them
 * @param maxBytes of UTF-8; what is longer is no match
 * @throws SyntaxError where it is no pattern
 */
export function patternDetector(name: string, pattern: string, maxBytes: number): TextDetector {
  const finder = new PatternFinder([pattern], { maxBytes, hasEdges: true })
  return {
    name,
    noun: nounOf(name),
    findAll: (text, before) => {
      const bytes = Buffer.from(text)
      const spans = finder.spansIn(bytes, Buffer.from(before).at(-1))
      // Where there are as many bytes as units, all are ASCII.
      return bytes.length === text.length ? spans : rangesOf(bytes, spans)
    },
  }
}

/** In placeholders. */
function nounOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}

/** In UTF-16 units. A pattern is over bytes, so it may cut a character: all of it counts. */
function rangesOf(bytes: Buffer, spans: readonly Span[]): Range[] {
  let at = 0
  let units = 0
  const unitsUpTo = (place: number) => {
    if (place > at) {
      units += bytes.toString('utf8', at, place).length
      at = place
    }
    return units
  }
  return spans.map((span) => {
    let { start, end } = span
    while (isInside(bytes[start])) start -= 1
    while (isInside(bytes[end])) end += 1
    return { start: unitsUpTo(start), end: unitsUpTo(end) }
  })
}

/** Whether it continues a character (RFC 3629 section 3). */
function isInside(byte = 0): boolean {
  return (byte & 0xc0) === 0x80
}
