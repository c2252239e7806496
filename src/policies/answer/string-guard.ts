import type { Edit } from '../../json/splice.ts'
import { stringBytes, stringText } from '../../json/string-text.ts'
import type { TextReader } from '../mask/message-texts.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { TextScan } from './text-scan.ts'

/** What is to become of the strings of a JSON value. */
export interface GuardedStrings {
  /** For `splice`. */
  readonly edits: readonly Edit[]
  /** The rule by which all of it is withheld. */
  readonly denial?: string
  /** Behind the value. */
  readonly end: number
}

/**
 * Looks through strings that are there whole.
 * @param read gives those of the value at `start` that are to be looked at
 * @throws SyntaxError for malformed text
 */
export function guardStrings(
  search: AnswerSearch,
  counts: AnswerCounts,
  body: Buffer,
  start: number,
  read: TextReader,
): GuardedStrings {
  const edits: Edit[] = []
  let denial: string | undefined
  const end = read(body, start, (string) => {
    if (denial !== undefined) return
    const { text, spansOf } = stringText(body.subarray(string.start, string.end))
    const scan = new TextScan(search, counts)
    scan.push(text)
    const { replacements, denial: own } = scan.decide(true)
    denial = own?.rule
    if (replacements.length === 0) return
    for (const [index, span] of spansOf(replacements).entries()) {
      const bytes = stringBytes(replacements[index]?.text ?? '')
      edits.push({ start: string.start + span.start, end: string.start + span.end, bytes })
    }
  })
  return { edits, end, ...(denial !== undefined && { denial }) }
}

/** A text that is there whole, with what is masked in it replaced. */
export function guardText(
  search: AnswerSearch,
  counts: AnswerCounts,
  text: string,
): { readonly text: string; readonly denial?: string } {
  const scan = new TextScan(search, counts)
  scan.push(text)
  const { replacements, denial } = scan.decide(true)
  let at = 0
  let guarded = ''
  for (const { start, end, text: other } of replacements) {
    guarded += text.slice(at, start) + other
    at = end
  }
  return { text: guarded + text.slice(at), ...(denial && { denial: denial.rule }) }
}
