import { bodiesDirectory } from '../config/paths.ts'
import { joinDeltas } from '../exchange/deltas.ts'
import type { BodyReference } from '../exchange/exchange.ts'
import { readBodies } from '../log/body-reader.ts'
import type { Entry } from '../log/search.ts'
import type { Context } from './context.ts'
import { decodeBody, referenceOf } from './kept-body.ts'
import type { Side } from './sides.ts'
import { SIDES } from './sides.ts'

/** A kept body, and the exchange that it is of. */
interface Candidate extends BodyReference {
  readonly entry: Entry
  readonly side: Side
  /** The larger, the newer is the exchange. */
  readonly rank: number
}

/**
 * The exchanges with a text in one of their kept bodies: in the letter case in which it was said, whether it
 * stands in JSON or came in pieces. A file is gone through once, whatever is looked for in it.
 * @param entries oldest first, as is what is returned @param count how many of the newest; all if undefined
 */
export async function grepBodies(
  context: Context,
  entries: Iterable<Entry>,
  text: string,
  count = Number.POSITIVE_INFINITY,
): Promise<Entry[]> {
  const directory = bodiesDirectory(context.stateDirectory())
  const files = [...candidatesByFile(entries)].sort(([, left], [, right]) => lastRank(right) - lastRank(left))
  const needles = needlesFor(text)
  const found = new Map<number, Entry>()
  for (const [index, [file, candidates]] of files.entries()) {
    if (isEnough([...found.keys()], count, lastRank(candidates))) break
    tellProgress(context, index, files.length)
    for await (const { reference, found: body } of readBodies(directory, file, candidates)) {
      const { entry, side, rank } = reference
      if (found.has(rank) || 'reason' in body) continue
      const decoded = await decodeBody(entry.record, side, body.bytes)
      if ('bytes' in decoded && holds(decoded.bytes, needles)) found.set(rank, entry)
    }
  }
  tellProgress(context)
  const inOrder = [...found].sort(([left], [right]) => left - right).map(([, entry]) => entry)
  return count === 0 ? [] : inOrder.slice(-count)
}

function candidatesByFile(entries: Iterable<Entry>): ReadonlyMap<string, Candidate[]> {
  const files = new Map<string, Candidate[]>()
  let rank = 0
  for (const entry of entries) {
    for (const side of SIDES) {
      const reference = referenceOf(entry.record, side)
      if (!reference) continue
      const others = files.get(reference.file) ?? []
      others.push({ ...reference, entry, side, rank })
      files.set(reference.file, others)
    }
    rank += 1
  }
  return files
}

function lastRank(candidates: readonly Candidate[]): number {
  return candidates.reduce((last, { rank }) => Math.max(last, rank), 0)
}

/** Whether nothing in a file can be among the newest any more. */
function isEnough(ranks: readonly number[], count: number, newestRank: number): boolean {
  return ranks.filter((rank) => rank > newestRank).length >= count
}

/** The text as it stands in plain text, and in JSON of those who write all letters and of those who escape some. */
function needlesFor(text: string): readonly Buffer[] {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return [...new Set([text, json, ascii])].map((form) => Buffer.from(form))
}

function holds(bytes: Buffer, needles: readonly Buffer[]): boolean {
  const texts = [bytes, ...joinDeltas(bytes).map(({ text }) => text)]
  return texts.some((text) => needles.some((needle) => text.includes(needle)))
}

function tellProgress({ stderr, options }: Context, done?: number, all?: number): void {
  if (!stderr.isTTY || options.isQuiet) return
  stderr.write(done === undefined ? '\r\x1b[K' : `\r\x1b[Ksearching bodies, file ${done + 1} of ${all} …`)
}
