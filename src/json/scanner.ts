/** A half-open range of bytes. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One member of an object: where its name (with the quotes) and its value stand. */
export interface Member {
  readonly name: Span
  readonly value: Span
}

/** Past this many bytes of a string, a native search is quicker than looking at each byte. */
const NEAR_BYTES = 32

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Walks the members of the object at `start`, in the order of the text, duplicates included (RFC 8259
 * section 4). Values are skipped, not checked: brackets are counted and strings end at their quote.
 * @returns the offset behind the closing brace
 * @throws SyntaxError where the text is no object, or breaks off
 */
export function scanObject(text: Buffer, start: number, onMember: (member: Member) => void): number {
  return readObject(text, start, (name, valueStart) => {
    const value = { start: valueStart, end: skipValue(text, valueStart) }
    onMember({ name, value })
    return value.end
  })
}

/**
 * The same for one who reads the values: `readValue` is given where one begins and says where it ends.
 * @returns the offset behind the closing brace
 * @throws SyntaxError where the text is no object, or breaks off
 */
export function readObject(
  text: Buffer,
  start: number,
  readValue: (name: Span, valueStart: number) => number,
): number {
  let at = skipSpace(text, expectByte(text, start, OPEN_BRACE))
  if (text[at] === CLOSE_BRACE) return at + 1
  for (;;) {
    const name = { start: at, end: skipString(text, at) }
    const valueStart = skipSpace(text, expectByte(text, skipSpace(text, name.end), COLON))
    at = skipSpace(text, readValue(name, valueStart))
    if (text[at] === CLOSE_BRACE) return at + 1
    at = skipSpace(text, expectByte(text, at, COMMA))
  }
}

/**
 * Walks the items of the array at `start`. `readItem` is given where one begins and says where it ends.
 * @returns the offset behind the closing bracket
 * @throws SyntaxError where the text is no array, or breaks off
 */
export function scanArray(
  text: Buffer,
  start: number,
  readItem: (start: number, index: number) => number,
): number {
  let at = skipSpace(text, expectByte(text, start, OPEN_BRACKET))
  if (text[at] === CLOSE_BRACKET) return at + 1
  for (let index = 0; ; index += 1) {
    at = skipSpace(text, readItem(at, index))
    if (text[at] === CLOSE_BRACKET) return at + 1
    at = skipSpace(text, expectByte(text, at, COMMA))
  }
}

/**
 * Gives every string in the value at `start`, names of members included, with its quotes.
 * @returns the offset behind the value
 * @throws SyntaxError where the text breaks off
 */
export function scanStrings(text: Buffer, start: number, onString: (string: Span) => void): number {
  if (text[start] !== QUOTE)
    return isContainer(text, start) ? skipContainer(text, start, onString) : skipWord(text, start)
  const end = skipString(text, start)
  onString({ start, end })
  return end
}

/** Where the value of a text begins: behind a byte order mark, which is allowed to be there, and white space. */
export function contentStart(text: Buffer): number {
  const hasMark = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
  return skipSpace(text, hasMark ? BYTE_ORDER_MARK.length : 0)
}

/** The offset of the first byte from `start` on that is not JSON's white space. */
export function skipSpace(text: Buffer, start: number): number {
  let at = start
  while (isSpace(text[at])) at++
  return at
}

function expectByte(text: Buffer, at: number, byte: number): number {
  if (text[at] !== byte) throw malformed(at)
  return at + 1
}

/**
 * The offset behind the value at `start`, which is not checked.
 * @throws SyntaxError where the text breaks off
 */
export function skipValue(text: Buffer, start: number): number {
  if (text[start] === QUOTE) return skipString(text, start)
  return isContainer(text, start) ? skipContainer(text, start) : skipWord(text, start)
}

/** Whether an object or an array begins at `start`. */
export function isContainer(text: Buffer, start: number): boolean {
  return text[start] === OPEN_BRACE || text[start] === OPEN_BRACKET
}

/** Counts depth instead of recursing: a body of a million brackets must not exhaust the stack. */
function skipContainer(text: Buffer, start: number, onString?: (string: Span) => void): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const byte = text[at]
    if (byte === QUOTE) {
      const end = skipString(text, at)
      onString?.({ start: at, end })
      at = end
      continue
    }
    at++
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at
  }
  throw malformed(at)
}

/** A number, true, false or null. */
function skipWord(text: Buffer, start: number): number {
  let at = start
  while (at < text.length && !isDelimiter(text[at])) at++
  if (at === start) throw malformed(at)
  return at
}

function skipString(text: Buffer, start: number): number {
  let at = expectByte(text, start, QUOTE)
  for (;;) {
    const near = Math.min(at + NEAR_BYTES, text.length)
    while (at < near) {
      const byte = text[at]
      if (byte === QUOTE) return at + 1
      at += byte === BACKSLASH ? 2 : 1
    }
    const quote = text.indexOf(QUOTE, at)
    if (quote === -1) throw malformed(text.length)
    at = startOfBackslashes(text, at, quote)
  }
}

/** Where the run of backslashes that ends before `end` begins: what it escapes is decided from there. */
function startOfBackslashes(text: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && text[at - 1] === BACKSLASH) at--
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isDelimiter(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET
}

function malformed(at: number): SyntaxError {
  return new SyntaxError(`malformed JSON at byte ${at}`)
}
