import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector, Range } from './detector.ts'

const GROUPED = /\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{6}\1\d{4,5})(?!\1?\d)/y

/** The ranges of issuers with the lengths of their numbers (ISO/IEC 7812). */
const ISSUERS = [
  /^4(?:\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^(?:6011|64[4-9]\d|65\d{2})\d{12}$/, // Discover
  /^3(?:0[0-5]|[689]\d)\d{11}$/, // Diners Club
  /^35(?:2[89]|[3-8]\d)\d{12}$/, // JCB
  /^62\d{14}$/, // UnionPay
]

/** Numbers of credit cards, in groups or not, whose last digit is right. */
export const creditCard: DigitsDetector = {
  name: 'credit-card',
  noun: 'CREDIT_CARD',
  shortestRun: 4,
  longestRun: 19,
  find: (text, start, end) => {
    const range = rangeOf(text, start, end)
    if (!range || !isWholeNumber(text, range.start, range.end)) return undefined
    const digits = text.slice(range.start, range.end).replace(/\D/g, '')
    return ISSUERS.some((issuer) => issuer.test(digits)) && isLuhn(digits) ? range : undefined
  },
}

function rangeOf(text: string, start: number, end: number): Range | undefined {
  if (end - start >= 14) return { start, end }
  if (end - start !== 4) return undefined
  GROUPED.lastIndex = start
  return GROUPED.test(text) ? { start, end: GROUPED.lastIndex } : undefined
}

/** ISO/IEC 7812-1 annex B. */
function isLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits.at(-1 - at))
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
