import { isWord, standsAlone } from './boundary.ts'
import { isCallingCode } from './calling-code.ts'
import type { DigitsDetector, Range } from './detector.ts'

const GROUP = /(?:[ .\-/]| ?\(\d{1,5}\)[ .-]?)\d+/y
const NORTH_AMERICAN = /\d{3}\) ?[2-9]\d{2}[-. ]\d{4}/y
/** ITU-T E.164: at most 15 digits. Shorter ones than these are sums and offsets as often. */
const LONGEST = 15
const SHORTEST = 9
const SHORTEST_UNBROKEN = 11

/** Telephone numbers: `+` and the code of a country, in groups or not; those of North America with the area in brackets. */
export const phone: DigitsDetector = {
  name: 'phone',
  noun: 'PHONE',
  shortestRun: 1,
  longestRun: LONGEST,
  find: (text, start, end) => {
    const before = text[start - 1]
    if (before === '+') return international(text, start, end)
    return before === '(' && end - start === 3 ? northAmerican(text, start) : undefined
  },
}

function international(text: string, start: number, firstEnd: number): Range | undefined {
  if (isContinued(text, start - 1)) return undefined
  const ends = [firstEnd]
  GROUP.lastIndex = firstEnd
  while (ends.length < LONGEST && GROUP.test(text)) ends.push(GROUP.lastIndex)
  const end = ends.findLast((last) => isNumber(text.slice(start, last)) && !isWord(text.charCodeAt(last)))
  if (end === undefined || isAddedLine(text, start, end)) return undefined
  return { start: start - 1, end }
}

/** Something is added to something, or concatenated. */
function isContinued(text: string, plus: number): boolean {
  return /[+.)\]*%$]/.test(text.charAt(plus - 1)) || !standsAlone(text, plus, plus)
}

function isNumber(written: string): boolean {
  const digits = written.replace(/\(0\)|\D/g, '')
  if (digits.length > LONGEST || !isCallingCode(digits)) return false
  // North American Numbering Plan: area and exchange do not begin with 0 or 1.
  if (digits.startsWith('1')) return /^1[2-9]\d{2}[2-9]\d{6}$/.test(digits)
  return digits.length >= (digits.length === written.length ? SHORTEST_UNBROKEN : SHORTEST)
}

/** Where a line begins with a number that follows a `+`, it was added to a file. */
function isAddedLine(text: string, start: number, end: number): boolean {
  const isFirst = text[start - 2] === '\n' || text.slice(start - 3, start - 1) === '\\n'
  return isFirst && /^\d+$/.test(text.slice(start, end))
}

function northAmerican(text: string, start: number): Range | undefined {
  NORTH_AMERICAN.lastIndex = start
  if (!/[2-9]/.test(text.charAt(start)) || !NORTH_AMERICAN.test(text)) return undefined
  const range = { start: start - 1, end: NORTH_AMERICAN.lastIndex }
  return standsAlone(text, range.start, range.end) ? range : undefined
}
