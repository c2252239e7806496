import { beginsAlone, isWord } from './boundary.ts'
import type { LiteralDetector, Range } from './detector.ts'

/** RFC 7515 section 3.1 and RFC 7516 section 3.1: three parts, or five if it is encrypted. */
const TOKEN = /(eyJ[\w-]{8,2000})\.[\w-]{2,16000}\.[\w-]{0,4000}(?:\.[\w-]{2,16000}\.[\w-]{2,200})?/y

/** JSON web tokens: the header has to decode to an object that names its algorithm. */
export const jwt: LiteralDetector = {
  name: 'jwt',
  noun: 'JWT',
  // The y of eyJ is rarer than the e, and so is quicker to search for.
  anchors: ['yJ'],
  find: (text, second): readonly Range[] => {
    const at = second - 1
    if (text[at] !== 'e' || !beginsAlone(text, at)) return []
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match?.[1] || !isHeader(match[1])) return []
    const end = at + match[0].length
    return isWord(text.charCodeAt(end)) ? [] : [{ start: at, end }]
  },
}

function isHeader(part: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof header === 'object' && header !== null && 'alg' in header
  } catch {
    return false
  }
}
