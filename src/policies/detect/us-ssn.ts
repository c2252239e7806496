import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'

/** What the Social Security Administration never gave away: area 000, 666 and 9xx, group 00, serial 0000. */
const NUMBER = /(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}/y

/** Social security numbers of the USA. They have no check digit, so only with their dashes. */
export const usSsn: DigitsDetector = {
  name: 'us-ssn',
  noun: 'SSN',
  shortestRun: 3,
  longestRun: 3,
  find: (text, start) => {
    NUMBER.lastIndex = start
    if (text[start + 3] !== '-' || !NUMBER.test(text)) return undefined
    const end = NUMBER.lastIndex
    return isWholeNumber(text, start, end) ? { start, end } : undefined
  },
}
