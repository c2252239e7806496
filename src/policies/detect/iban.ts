import { isUpper, standsAlone } from './boundary.ts'
import type { DigitsDetector, Range } from './detector.ts'
import { remainder97 } from './remainder.ts'

/** ISO 13616 registry: how long the number of each country is. */
const LENGTHS = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 VG24 XK20'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
)

/** Account numbers (IBAN), in groups of four or not, whose check digits are right. */
export const iban: DigitsDetector = {
  name: 'iban',
  noun: 'IBAN',
  shortestRun: 2,
  longestRun: 32,
  find: (text, digits): Range | undefined => {
    const start = digits - 2
    if (!isUpper(text.charCodeAt(start)) || !isUpper(text.charCodeAt(start + 1))) return undefined
    const length = LENGTHS.get(text.slice(start, digits))
    const end = length === undefined ? undefined : endOf(text, start, length)
    return end !== undefined && standsAlone(text, start, end) && isRight(text.slice(start, end))
      ? { start, end }
      : undefined
  },
}

/** Where so many letters and digits end, with a blank behind each four of them, or with none. */
function endOf(text: string, start: number, length: number): number | undefined {
  const isGrouped = text[start + 4] === ' '
  const end = start + length + (isGrouped ? Math.ceil(length / 4) - 1 : 0)
  const written = text.slice(start, end)
  const pattern = isGrouped ? /^(?:[A-Z\d]{4} )+[A-Z\d]{1,4}$/ : /^[A-Z\d]+$/
  return written.length === end - start && pattern.test(written) ? end : undefined
}

/** ISO 7064, MOD 97-10. */
function isRight(written: string): boolean {
  const compact = written.replaceAll(' ', '')
  const moved = compact.slice(4) + compact.slice(0, 4)
  return remainder97(moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) === 1
}
