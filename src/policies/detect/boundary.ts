const BACKSLASH = 0x5c
const FOREIGN_LETTER = /[\p{L}\p{M}\p{N}]/u
const UNSPACED_LETTER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Whether nothing that belongs to a word or a number goes on before `start` or behind `end`. */
export function standsAlone(text: string, start: number, end: number): boolean {
  return beginsAlone(text, start) && !isWord(text.charCodeAt(end))
}

/**
 * Whether no word goes on at `start`. The `n` of a `\n` that is spelled out in a program, or in JSON within a text, is
 * no part of the word behind it.
 */
export function beginsAlone(text: string, start: number): boolean {
  if (!isWord(text.charCodeAt(start - 1))) return true
  return isEscapeLetter(text.charCodeAt(start - 1)) && text.charCodeAt(start - 2) === BACKSLASH
}

/**
 * The same for a number that stands neither in a decimal (`0.42`) nor in groups of digits (`12-34`). Lists, with a comma or a
 * blank between numbers, are no groups.
 * @param joints what is between groups
 */
export function isWholeNumber(text: string, start: number, end: number, joints = /[.-]/): boolean {
  if (!standsAlone(text, start, end)) return false
  const isJoint = (at: number) => joints.test(text.charAt(at))
  const isJoinedBefore = isJoint(start - 1) && isDigit(text.charCodeAt(start - 2))
  const isJoinedBehind = isJoint(end) && isDigit(text.charCodeAt(end + 1))
  return !isJoinedBefore && !isJoinedBehind
}

/** Where the text goes on if an escape such as `\n` or `\u0022`, spelled out in it, is cut at `start`. */
export function behindEscape(text: string, start: number): number {
  if (text.charCodeAt(start - 1) !== BACKSLASH) return start
  if (isEscapeLetter(text.charCodeAt(start))) return start + 1
  return /^u[\da-f]{4}/i.test(text.slice(start, start + 5)) ? start + 5 : start
}

/** Whether a word or a number goes on with it: a letter, a digit or an underscore. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x5f || (code >= 0x80 && isForeignLetter(code))
}

/** Quotation marks, arrows and blanks are none; nor are letters of languages that have no blanks between words. */
function isForeignLetter(code: number): boolean {
  const character = String.fromCharCode(code)
  return FOREIGN_LETTER.test(character) && !UNSPACED_LETTER.test(character)
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}

function isLetter(code: number): boolean {
  return isUpper(code) || (code >= 0x61 && code <= 0x7a)
}

/** Of JSON and most languages: \b \f \n \r \t. */
function isEscapeLetter(code: number): boolean {
  return code === 0x6e || code === 0x72 || code === 0x74 || code === 0x62 || code === 0x66
}
