import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector, Range } from './detector.ts'

const GROUPED = /\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{4,5})(?!\d)/y
const FIFTH_GROUP = /([ -])\d{1,3}(?!\d)/y
const FOUR_DIGITS = /^\d{4}(?!\d)/
const FOUR_DIGITS_AT_END = /(?<!\d)\d{4}$/

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
    const range = rangesOf(text, start, end).find((one) => isCard(text.slice(one.start, one.end)))
    return range && isWholeNumber(text, range.start, range.end) && !isInRow(text, range) ? range : undefined
  },
}

/** The longest first. */
function rangesOf(text: string, start: number, end: number): Range[] {
  if (end - start >= 14) return [{ start, end }]
  GROUPED.lastIndex = start
  const match = end - start === 4 ? GROUPED.exec(text) : undefined
  if (!match) return []
  const fourth = start + match[0].length
  FIFTH_GROUP.lastIndex = fourth
  const isLonger = FIFTH_GROUP.exec(text)?.[1] === match[1]
  return [...(isLonger ? [{ start, end: FIFTH_GROUP.lastIndex }] : []), { start, end: fourth }]
}

function isCard(written: string): boolean {
  const digits = written.replace(/\D/g, '')
  return ISSUERS.some((issuer) => issuer.test(digits)) && isLuhn(digits)
}

/** Whether other groups of four are beside it, as in a table of numbers, that are no card themselves. */
function isInRow(text: string, { start, end }: Range): boolean {
  if (text[start + 4] !== ' ') return false
  const behind = text[end] === ' ' ? text.slice(end + 1, end + 20) : ''
  const before = text[start - 1] === ' ' ? text.slice(Math.max(0, start - 20), start - 1) : ''
  return (FOUR_DIGITS.test(behind) && !isCard(behind)) || (FOUR_DIGITS_AT_END.test(before) && !isCard(before))
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
