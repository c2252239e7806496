import { beginsAlone, isWord } from './boundary.ts'
import type { Begun, LiteralDetector, Range } from './detector.ts'

/** RFC 7515 section 3.1 and RFC 7516 section 3.1: three parts, or five if it is encrypted. */
const TOKEN = /(eyJ[\w-]{8,2000})\.[\w-]{2,16000}\.[\w-]{0,4000}(?:\.[\w-]{2,16000}\.[\w-]{2,200})?/y

/** The same, as far as the text goes: its first part, and whether a dot stands behind that. */
const CUT_TOKEN = /(eyJ[\w-]{0,2000})(\.[\w.-]{0,8000})?$/y

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
  begun: (text, second): Begun | undefined => {
    const start = second - 1
    if (text[start] !== 'e' || !beginsAlone(text, start)) return undefined
    CUT_TOKEN.lastIndex = start
    const match = CUT_TOKEN.exec(text)
    if (!match?.[1]) return undefined
    return { start, isSure: match[2] !== undefined && isHeader(match[1]) }
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
