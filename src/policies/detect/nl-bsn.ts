import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'

/** One of eleven numbers passes the check, so it has to be called by its name. */
const NAME = /\b(?:bsn|burgerservicenummer|sofi-?nummer)\b/i
const NEAR = 40

/** Citizen service numbers of the Netherlands (BSN), behind their name. */
export const nlBsn: DigitsDetector = {
  name: 'nl-bsn',
  noun: 'BSN',
  shortestRun: 9,
  longestRun: 9,
  find: (text, start, end) => {
    if (!isWholeNumber(text, start, end) || !isRight(text.slice(start, end))) return undefined
    return NAME.test(text.slice(Math.max(0, start - NEAR), start)) ? { start, end } : undefined
  },
}

/** The test of eleven: weights 9 to 2, and -1 for the last digit. */
function isRight(digits: string): boolean {
  let sum = -Number(digits[8])
  for (let at = 0; at < 8; at += 1) sum += (9 - at) * Number(digits[at])
  return sum !== 0 && sum % 11 === 0
}
