import { standsAlone } from './boundary.ts'
import type { DigitsDetector, Range } from './detector.ts'

const LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'
const NUMBER = /(\d{7,8})-?([A-Z])/y
const FOREIGN = 'XYZ'

/** Identity numbers of Spain: DNI (8 digits and a letter) and NIE (X, Y or Z, 7 digits and a letter). */
export const esDni: DigitsDetector = {
  name: 'es-dni',
  noun: 'DNI',
  shortestRun: 7,
  longestRun: 8,
  find: (text, start, end): Range | undefined => {
    NUMBER.lastIndex = start
    const match = NUMBER.exec(text)
    if (!match?.[1] || match[1].length !== end - start) return undefined
    const first = end - start === 7 ? foreignStart(text, start) : start
    if (first === undefined || !standsAlone(text, first, NUMBER.lastIndex)) return undefined
    const number = first === start ? match[1] : FOREIGN.indexOf(text.charAt(first)) + match[1]
    return LETTERS[Number(number) % 23] === match[2]
      ? { start: first, end: start + match[0].length }
      : undefined
  },
}

function foreignStart(text: string, digits: number): number | undefined {
  const start = text[digits - 1] === '-' ? digits - 2 : digits - 1
  return start >= 0 && FOREIGN.includes(text.charAt(start)) ? start : undefined
}
