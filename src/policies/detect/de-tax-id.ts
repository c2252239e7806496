import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'

const NUMBER = /[1-9]\d(?:\d{9}| \d{3} \d{3} \d{3})/y

/** Tax numbers of persons in Germany (Steuer-IdNr), as 11 digits or as 12 345 678 901. */
export const deTaxId: DigitsDetector = {
  name: 'de-tax-id',
  noun: 'TAX_ID',
  shortestRun: 2,
  longestRun: 11,
  find: (text, start, end) => {
    if (end - start !== 11 && !(end - start === 2 && text[end] === ' ')) return undefined
    NUMBER.lastIndex = start
    if (!NUMBER.test(text)) return undefined
    const range = { start, end: NUMBER.lastIndex }
    const digits = text.slice(start, range.end).replaceAll(' ', '')
    const isWhole = isWholeNumber(text, start, range.end, text[start + 2] === ' ' ? /[.\-, ]/ : undefined)
    return isWhole && isGiven(digits) && isRight(digits) ? range : undefined
  },
}

/** Of the first ten digits one stands there twice or three times, and no other twice (§ 139b AO, ITZBund). */
function isGiven(digits: string): boolean {
  const counts = new Map<string, number>()
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  const repeated = [...counts.values()].filter((count) => count > 1)
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3
}

/** ISO 7064, MOD 11,10. */
function isRight(digits: string): boolean {
  let product = 10
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits[10])
}
