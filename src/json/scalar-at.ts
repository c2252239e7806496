import type { Scalar } from './peek.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** Up to so many digits, a number and its decimal places are exact, and their quotient is the nearest one. */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent)
const WORDS = new Map<number, Scalar>([
  [0x74, true],
  [0x66, false],
  [0x6e, null],
])

/**
 * The value that begins at `start` in compact JSON that is valid there. Undefined where it is an object or an array, or takes
 * more than a look: a text with escapes or other letters than ASCII, a number with an exponent or very many digits.
 */
export function scalarAt(json: Buffer, start: number): Scalar | undefined {
  const first = json[start] ?? 0
  if (first === QUOTE) return plainText(json, start + 1)
  if (first === MINUS || isDigit(first)) return plainNumber(json, start)
  return WORDS.get(first)
}

function plainText(json: Buffer, start: number): string | undefined {
  let end = start
  for (; end < json.length; end += 1) {
    const byte = json[end] as number
    if (byte === QUOTE) return json.toString('latin1', start, end)
    if (byte === BACKSLASH || byte > 0x7e || byte < 0x20) return undefined
  }
  return undefined
}

function plainNumber(json: Buffer, start: number): number | undefined {
  const isNegative = json[start] === MINUS
  let at = isNegative ? start + 1 : start
  let digits = 0
  let value = 0
  let point = -1
  for (; at < json.length; at += 1) {
    const byte = json[at] as number
    if (byte === POINT && point === -1) point = digits
    else if (isDigit(byte)) {
      value = value * 10 + (byte - ZERO)
      digits += 1
    } else break
  }
  if (digits === 0 || digits > EXACT_DIGITS || json[at] === 0x65 || json[at] === 0x45) return undefined
  const decimals = point === -1 ? 0 : digits - point
  const magnitude = value / (POWERS_OF_TEN[decimals] as number)
  return isNegative ? -magnitude : magnitude
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
