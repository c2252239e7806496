import { beginsAlone, isWord } from './boundary.ts'
import type { Range } from './detector.ts'
import { looksRandom } from './randomness.ts'

/**
 * The token that a pattern, sticky and without ambiguity, matches at `start`: if it is a word of its own and its
 * characters are mixed as those of a secret are.
 */
export function tokenAt(text: string, start: number, pattern: RegExp): readonly Range[] {
  if (start < 0 || !beginsAlone(text, start)) return []
  pattern.lastIndex = start
  const token = pattern.exec(text)?.[0]
  if (token === undefined || !looksRandom(token)) return []
  const end = start + token.length
  return isWord(text.charCodeAt(end)) ? [] : [{ start, end }]
}
