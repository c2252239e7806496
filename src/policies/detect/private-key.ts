import type { Begun, Found, LiteralDetector, Range } from './detector.ts'
import { looksRandom } from './randomness.ts'

const BEGIN = /-----BEGIN (?:[A-Z\d]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y
const END = /-----END (?:[A-Z\d]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g
/** What stands in a key that nothing was added to; its line ends may be spelled out, as `\n` or `\\n`. */
const PLAIN = /^(?:[A-Za-z\d+/=\s]|\\+[nr/]|(?:Proc-Type|DEK-Info|Version|Comment): ?[^\r\n\\]{1,100})*$/
/** Numbers of lines, and blanks before them. */
const LAID_OUT = /[\r\n][ \t]+\S|(?:^|\s)\d{1,6}(?=\s)/
const LINE = /[A-Za-z\d+/]{16,}={0,2}/g
/** A line of a key that was cut off, with what may stand before it: its number, quotes, blanks. */
const CUT_LINE = /(?:[^A-Za-z\d+/]|\\[nr]|\d{1,6}(?=\D)){0,40}[A-Za-z\d+/]{32,}={0,2}/y
/** A full line of one that a program puts together, with what it does for it. */
const WRAPPED_LINE = /.{0,80}?([A-Za-z\d+/]{60,}={0,2})/sy
/** So many different characters has the first line of any key; a hash or a path has less. */
const WRAPPED_DISTINCT = 24
const LONG_LINE = 40
/** An RSA key of 16,384 bits has 12 kB; each line may have a number and quotes around it. */
const LONGEST = 32 * 1024

/**
 * Private keys in PEM (RFC 7468). One that is laid out in some other way, indented, with numbers before its lines as
 * in listings of files, or as strings of a program, is found line by line, so that each line can be put elsewhere.
 */
export const privateKey: LiteralDetector = {
  name: 'private-key',
  noun: 'PRIVATE_KEY',
  anchors: ['-----BEGIN '],
  find: (text, at): readonly Found[] => {
    BEGIN.lastIndex = at
    const head = BEGIN.exec(text)?.[0]
    if (head === undefined) return []
    const inside = insideOf(text, at + head.length)
    const lines = linesIn(text, inside)
    return lines.length > 0 && isPlain(text.slice(inside.start, inside.end))
      ? [{ start: at, end: behindMark(text, inside.end) }]
      : lines.map((line) => ({ ...line, since: at }))
  },
  begun: (text, at): Begun | undefined => {
    BEGIN.lastIndex = at
    if (!BEGIN.test(text) || text.length - at > LONGEST) return undefined
    // No key goes on behind the beginning of another.
    if (text.includes('-----BEGIN ', BEGIN.lastIndex)) return undefined
    END.lastIndex = at
    return END.test(text) ? undefined : { start: at, isSure: false }
  },
}

function isPlain(inside: string): boolean {
  return PLAIN.test(inside) && !LAID_OUT.test(inside)
}

/** Up to the end mark or, if the text was cut off before it, up to the end of the last line. */
function insideOf(text: string, start: number): Range {
  const next = text.indexOf('-----BEGIN ', start)
  const limit = Math.min(next === -1 ? text.length : next, start + LONGEST)
  END.lastIndex = start
  const mark = END.exec(text.slice(0, limit))
  return { start, end: mark?.index ?? endOfLines(text.slice(0, limit), start) }
}

function endOfLines(text: string, start: number): number {
  let end = start
  for (let next = endOfLine(text, end); next !== undefined; next = endOfLine(text, end)) end = next
  return end
}

function endOfLine(text: string, at: number): number | undefined {
  CUT_LINE.lastIndex = at
  if (CUT_LINE.test(text)) return CUT_LINE.lastIndex
  WRAPPED_LINE.lastIndex = at
  const line = WRAPPED_LINE.exec(text)?.[1] ?? ''
  return looksRandom(line, WRAPPED_DISTINCT) ? WRAPPED_LINE.lastIndex : undefined
}

/** Nothing, if none is long and mixed as those of a key are: programs have only the marks in them. */
function linesIn(text: string, { start, end }: Range): readonly Range[] {
  const lines = [...text.slice(start, end).matchAll(LINE)].filter(
    ([line]) => line.length >= LONG_LINE || looksRandom(line),
  )
  if (!lines.some(([line]) => line.length >= LONG_LINE && looksRandom(line))) return []
  return lines.map(({ 0: line, index }) => ({ start: start + index, end: start + index + line.length }))
}

function behindMark(text: string, at: number): number {
  END.lastIndex = at
  const mark = END.exec(text.slice(0, at + 60))
  return mark?.index === at ? END.lastIndex : at
}
