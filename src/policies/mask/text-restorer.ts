import { splice } from '../../json/splice.ts'
import { stringBytes, stringText } from '../../json/string-text.ts'
import type { PlaceholderSearch } from './placeholder-search.ts'

/** Writes a value in the place of its placeholder. */
export type Writing = (value: string) => string

/** A text of which the last part waits: it can be the beginning of a placeholder. */
export interface RestoredText {
  /** What stands between the quotes of the JSON string. */
  readonly ready: Buffer
  readonly held: Buffer
}

const QUOTE = Buffer.from('"')

/** As it is, in a JSON string. */
export const plainly: Writing = (value) => value

/** In a JSON string that is itself text of a JSON string: the input of a tool, in pieces. */
export const inJson: Writing = (value) => JSON.stringify(value).slice(1, -1)

/**
 * Puts values in the place of their placeholders. All other bytes stay the same ones.
 * @param raw what stands between the quotes of a JSON string
 * @param isWhole whether nothing follows, so nothing is held
 * @throws SyntaxError for a malformed string
 */
export function restoreText(
  raw: Buffer,
  search: PlaceholderSearch,
  write: Writing,
  isWhole: boolean,
): RestoredText {
  const quoted = Buffer.concat([QUOTE, raw, QUOTE])
  const { text, spansOf } = stringText(quoted)
  const found = search.findAll(text)
  const open = isWhole ? text.length : search.openAt(text, found.at(-1)?.end ?? 0)
  const spans = spansOf([...found, { start: open, end: text.length }])
  const readyEnd = spans.at(-1)?.start ?? quoted.length - 1
  const edits = found.map(({ value }, index) => ({
    ...(spans[index] ?? { start: 0, end: 0 }),
    bytes: stringBytes(write(value)),
  }))
  const pieces = splice([quoted.subarray(0, readyEnd)], edits)
  return { ready: Buffer.concat(pieces).subarray(1), held: quoted.subarray(readyEnd, -1) }
}
