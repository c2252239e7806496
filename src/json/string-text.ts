import { isAscii, isUtf8 } from 'node:buffer'
import type { Span } from './scanner.ts'

/** What a JSON string says, and the way back to its bytes. */
export interface StringText {
  readonly text: string
  /**
   * Where ranges of the text stand in the bytes; they come in its order without overlaps. Escapes and characters
   * are never cut apart: a range that begins or ends within one takes in all of it.
   */
  spansOf(ranges: readonly Span[]): Span[]
}

type Encoding = 'utf8' | 'latin1'

interface Place {
  at: number
  unit: number
}

const BACKSLASH = 0x5c
const U = 0x75

/**
 * Decodes a JSON string (RFC 8259 section 7), given with its quotes. Bytes that are no UTF-8 are taken one by
 * one, as Latin-1.
 * @throws SyntaxError for a malformed one
 */
export function stringText(raw: Buffer): StringText {
  // Both say the same of ASCII; Latin-1 is read far faster.
  const encoding = isAscii(raw) || !isUtf8(raw) ? 'latin1' : 'utf8'
  const text = raw.includes(BACKSLASH)
    ? (JSON.parse(raw.toString(encoding)) as string)
    : raw.toString(encoding, 1, raw.length - 1)
  const isSame = text.length === raw.length - 2
  return { text, spansOf: (ranges) => (isSame ? behindQuote(ranges) : seekAll(raw, encoding, ranges)) }
}

/** What to write between the quotes of a JSON string. */
export function stringBytes(text: string): Buffer {
  return Buffer.from(JSON.stringify(text).slice(1, -1))
}

function behindQuote(ranges: readonly Span[]): Span[] {
  return ranges.map(({ start, end }) => ({ start: start + 1, end: end + 1 }))
}

function seekAll(raw: Buffer, encoding: Encoding, ranges: readonly Span[]): Span[] {
  const place = { at: 1, unit: 0 }
  return ranges.map((range) => {
    seek(raw, encoding, place, range.start)
    // Only a character of four bytes has two units and can be gone past.
    const start = place.unit > range.start ? place.at - 4 : place.at
    seek(raw, encoding, place, range.end)
    return { start, end: place.at }
  })
}

/** Goes to the first boundary at or behind a UTF-16 unit of the text. */
function seek(raw: Buffer, encoding: Encoding, place: Place, target: number): void {
  while (place.unit < target) {
    const byte = raw[place.at] ?? 0
    if (byte === BACKSLASH) move(place, raw[place.at + 1] === U ? 6 : 2, 1)
    else if (encoding === 'latin1') moveToEscape(raw, place, target)
    else move(place, byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4, byte < 0xf0 ? 1 : 2)
  }
}

/** One byte is one unit up to the next escape; searching for that is quicker than looking at each byte. */
function moveToEscape(raw: Buffer, place: Place, target: number): void {
  const next = raw.indexOf(BACKSLASH, place.at)
  const ahead = target - place.unit
  const count = next === -1 ? ahead : Math.min(ahead, next - place.at)
  move(place, count, count)
}

function move(place: Place, bytes: number, units: number): void {
  place.at += bytes
  place.unit += units
}
