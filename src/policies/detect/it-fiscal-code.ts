import { isUpper, standsAlone } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'

const CODE = /^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/
/** What a digit or letter counts for at an odd place, the first being odd (D.M. 23/12/1976). */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Fiscal codes of persons in Italy. */
export const itFiscalCode: DigitsDetector = {
  name: 'it-fiscal-code',
  noun: 'FISCAL_CODE',
  shortestRun: 2,
  longestRun: 2,
  find: (text, digits) => {
    if (digits < 6 || !isUpper(text.charCodeAt(digits - 1)) || !isUpper(text.charCodeAt(digits + 2)))
      return undefined
    const range = { start: digits - 6, end: digits + 10 }
    const code = text.slice(range.start, range.end)
    const isOne = CODE.test(code) && standsAlone(text, range.start, range.end) && isRight(code)
    return isOne ? range : undefined
  },
}

function isRight(code: string): boolean {
  let sum = 0
  for (let at = 0; at < 15; at += 1) {
    const value = placeValue(code.charCodeAt(at))
    sum += at % 2 === 0 ? (ODD[value] ?? 0) : value
  }
  return code.charCodeAt(15) - 0x41 === sum % 26
}

function placeValue(code: number): number {
  return isUpper(code) ? code - 0x41 : code - 0x30
}
