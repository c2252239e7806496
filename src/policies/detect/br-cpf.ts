import { isWholeNumber } from './boundary.ts'
import type { DigitsDetector } from './detector.ts'

const NUMBER = /\d{3}\.\d{3}\.\d{3}-\d{2}/y

/** Tax numbers of persons in Brazil (CPF), with their dots and dash. */
export const brCpf: DigitsDetector = {
  name: 'br-cpf',
  noun: 'CPF',
  shortestRun: 3,
  longestRun: 3,
  find: (text, start) => {
    NUMBER.lastIndex = start
    if (text[start + 3] !== '.' || !NUMBER.test(text)) return undefined
    const range = { start, end: NUMBER.lastIndex }
    const digits = text.slice(start, range.end).replace(/\D/g, '')
    const isRight = isCheckDigit(digits, 9) && isCheckDigit(digits, 10)
    return isRight && isWholeNumber(text, start, range.end) ? range : undefined
  },
}

/** Modulo 11 over all digits before it, weights rising to the left from 2. */
function isCheckDigit(digits: string, at: number): boolean {
  let sum = 0
  for (let index = 0; index < at; index += 1) sum += Number(digits[index]) * (at + 1 - index)
  return ((sum * 10) % 11) % 10 === Number(digits[at])
}
