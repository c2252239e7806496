/** Bytes of JSON (RFC 8259). */
export const BYTE = {
  newline: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

/** Thrown where a text is no JSON; made once, as files of other programs have it on every line. */
export const MALFORMED = new SyntaxError('malformed JSON')

const PLUS = 0x2b
const LETTER_E = 0x65
const LETTER_U = 0x75
/** What may stand behind a backslash, but for `u` (section 7). */
const ESCAPABLE = new Set(Buffer.from('"\\/bfnrt'))
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word))

/** The offset behind white space, but for the newline, at which a line ends. */
export function skipBlanks(bytes: Buffer, start: number): number {
  const first = bytes[start] as number
  return first > 0x20 ? start : blanksEnd(bytes, start)
}

/**
 * The offset of the first quote, backslash or control character, looked for in words of four bytes
 * (https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord). Three bytes may be read behind it.
 */
export function stringStop(bytes: DataView, start: number): number {
  for (let at = start; ; at += 4) {
    const word = bytes.getInt32(at, true)
    const quote = word ^ 0x22222222
    const backslash = word ^ 0x5c5c5c5c
    const found =
      ((quote - 0x01010101) & ~quote) |
      ((backslash - 0x01010101) & ~backslash) |
      ((word - 0x20202020) & ~word)
    const first = found & 0x80808080
    if (first !== 0) return at + ((31 - Math.clz32(first & -first)) >> 3)
  }
}

/** The offset behind a number (section 6). @throws MALFORMED */
export function skipNumber(bytes: Buffer, start: number): number {
  let at = bytes[start] === BYTE.minus ? start + 1 : start
  at = bytes[at] === BYTE.zero ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === BYTE.point) at = skipDigits(bytes, at + 1)
  if (((bytes[at] as number) | 0x20) !== LETTER_E) return at
  const sign = bytes[at + 1]
  return skipDigits(bytes, sign === BYTE.minus || sign === PLUS ? at + 2 : at + 1)
}

/** The offset behind `true`, `false` or `null`. @throws MALFORMED */
export function skipWord(bytes: Buffer, start: number): number {
  for (const word of WORDS) if (isAt(word, bytes, start)) return start + word.length
  throw MALFORMED
}

/** The offset of the last byte of an escape. @throws MALFORMED */
export function escapeEnd(bytes: Buffer, backslash: number): number {
  const next = bytes[backslash + 1] as number
  if (ESCAPABLE.has(next)) return backslash + 1
  if (next !== LETTER_U) throw MALFORMED
  for (let digit = 2; digit < 6; digit++) if (!isHex(bytes[backslash + digit] as number)) throw MALFORMED
  return backslash + 5
}

export function isDigit(byte: number): boolean {
  return byte >= BYTE.zero && byte <= BYTE.nine
}

/** Whether these bytes stand there. */
export function isAt(expected: Buffer, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (expected[index] !== bytes[start + index]) return false
  }
  return true
}

function blanksEnd(bytes: Buffer, start: number): number {
  let at = start
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++
  return at
}

function skipDigits(bytes: Buffer, start: number): number {
  let at = start
  while (isDigit(bytes[at] as number)) at++
  if (at === start) throw MALFORMED
  return at
}

function isHex(byte: number): boolean {
  const letter = byte | 0x20
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66)
}
