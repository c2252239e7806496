import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'
import { remainder97 } from './remainder.ts'

/** Sex, year, month, department (2A and 2B are Corsica), place, order, key. */
const NUMBER = /[12]( ?)\d{2}\1(?:0[1-9]|1[0-2]|[2-9]\d)\1(?:\d{2}|2[AB])\1\d{3}\1\d{3}\1\d{2}/y

/** Social security numbers of France (NIR) with their key, in groups or not. */
export const frNir: DigitsDetector = {
  name: 'fr-nir',
  noun: 'NIR',
  shortestRun: 1,
  longestRun: 15,
  find: (text, start, end) => {
    const length = end - start
    const isGrouped = length === 1 && text[start + 1] === ' ' && text[start + 4] === ' '
    if (!isGrouped && length !== 15 && length !== 6) return undefined
    NUMBER.lastIndex = start
    if (!NUMBER.test(text)) return undefined
    const range = { start, end: NUMBER.lastIndex }
    const isWhole = isWholeNumber(text, start, range.end, isGrouped ? /[.\-, ]/ : undefined)
    return isWhole && isRight(text.slice(start, range.end)) ? range : undefined
  },
}

/** The key is 97 less what remains of the rest; for Corsica 2A counts as 19 and 2B as 18. */
function isRight(written: string): boolean {
  const digits = written.replaceAll(' ', '').replace('2A', '19').replace('2B', '18')
  return 97 - remainder97(digits.slice(0, 13)) === Number(digits.slice(13))
}
