import { BYTE, isDigit } from './grammar.ts'
import { parseNumber } from './number.ts'
import type { Scalar } from './peek.ts'

const WORDS = new Map<number, Scalar>([
  [0x74, true],
  [0x66, false],
  [0x6e, null],
])

const NUMBER_BYTES = new Set(Buffer.from('0123456789+-.eE'))

/**
 * The value that begins at `start` in compact JSON that is valid there. Undefined where it is an object or an array, or takes
 * more than a look: a text with escapes or other letters than ASCII.
 */
export function scalarAt(json: Buffer, start: number): Scalar | undefined {
  const first = json[start] ?? 0
  if (first === BYTE.quote) return plainText(json, start + 1)
  if (first === BYTE.minus || isDigit(first)) return numberAt(json, start)
  return WORDS.get(first)
}

function plainText(json: Buffer, start: number): string | undefined {
  let end = start
  for (; end < json.length; end += 1) {
    const byte = json[end] as number
    if (byte === BYTE.quote) return json.toString('latin1', start, end)
    if (byte === BYTE.backslash || byte > 0x7e || byte < 0x20) return undefined
  }
  return undefined
}

function numberAt(json: Buffer, start: number): number | undefined {
  let end = start
  while (NUMBER_BYTES.has(json[end] as number)) end++
  const value = parseNumber(json, start, end)
  return Number.isNaN(value) ? undefined : value
}
