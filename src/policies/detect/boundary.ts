const BACKSLASH = 0x5c

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
 * The same for a number, that could be a part of a decimal (`0.42`) or of a longer row of groups (`12-34 56`).
 */
export function isWholeNumber(text: string, start: number, end: number): boolean {
  if (!standsAlone(text, start, end)) return false
  const isJoinedBefore = isJoint(text.charCodeAt(start - 1)) && isDigit(text.charCodeAt(start - 2))
  const isJoinedBehind = isJoint(text.charCodeAt(end)) && isDigit(text.charCodeAt(end + 1))
  return !isJoinedBefore && !isJoinedBehind
}

/** Where the text goes on if an escape such as `\n` or `\u0022`, spelled out in it, is cut at `start`. */
export function behindEscape(text: string, start: number): number {
  if (text.charCodeAt(start - 1) !== BACKSLASH) return start
  if (isEscapeLetter(text.charCodeAt(start))) return start + 1
  return /^u[\da-f]{4}/i.test(text.slice(start, start + 5)) ? start + 5 : start
}

/** Whether it is a letter, a digit, an underscore, or no ASCII. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x5f || code >= 0x80
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

function isJoint(code: number): boolean {
  return code === 0x2e || code === 0x2d || code === 0x20 || code === 0x2c || code === 0x2f
}
