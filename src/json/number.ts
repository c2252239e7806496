import { BYTE, isDigit } from './grammar.ts'

/** Integers of so many digits are exact, and so is their quotient by such a power of ten (IEEE 754). */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

/** The value of a JSON number, the same as from JSON.parse. */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > EXACT_DIGITS) return Number(bytes.toString('latin1', start, end))
  let mantissa = 0
  let decimals = -1
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - BYTE.zero)
      if (decimals >= 0) decimals++
    } else if (byte === BYTE.point) decimals = 0
    else return Number(bytes.toString('latin1', start, end))
  }
  return decimals > 0 ? mantissa / (POWERS_OF_TEN[decimals] as number) : mantissa
}
