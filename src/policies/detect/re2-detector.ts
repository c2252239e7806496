import { RE2JS } from 're2js'
import type { Range, TextDetector } from './detector.ts'
import { nounOf } from './pattern-detector.ts'

/**
 * Knows what a pattern in the syntax of RE2 matches (https://github.com/google/re2/wiki/Syntax): it may have `\b`, `^` and `$`, which stand
 * for the ends of a text. Of matches that begin together the longest counts. It takes time that grows with the text and no faster,
 * but some twenty times that of a pattern without these.
 * @param maxBytes of UTF-8; what is longer is no match
 * @throws Error where it is no pattern, or matches nothing at all, everywhere
 */
export function re2Detector(name: string, pattern: string, maxBytes: number): TextDetector {
  const compiled = RE2JS.compile(pattern, RE2JS.LONGEST_MATCH)
  if (compiled.matches('')) throw new SyntaxError('it matches nothing at all, everywhere')
  return { name, noun: nounOf(name), findAll: (text) => rangesIn(text, compiled, maxBytes) }
}

function rangesIn(text: string, compiled: RE2JS, maxBytes: number): Range[] {
  const matcher = compiled.matcher(text)
  const ranges: Range[] = []
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (start < end && Buffer.byteLength(text.slice(start, end)) <= maxBytes) ranges.push({ start, end })
  }
  return ranges
}
