import { bodiesDirectory } from '../../config/paths.ts'
import { joinDeltas } from '../../exchange/deltas.ts'
import { bodyPath } from '../../log/body-place.ts'
import type { BodyRange } from '../../log/body-reader.ts'
import { readBodies } from '../../log/body-reader.ts'
import type { Place } from '../../log/reader.ts'
import type { Entry, PlacedEntry } from '../../log/search.ts'
import { entriesAt } from '../../log/search.ts'
import type { Context } from '../context.ts'
import type { Finding } from './found-exchanges.ts'
import { codingOf, decodeFrom, referenceOf } from './kept-body.ts'
import type { ScanProgress } from './scan-progress.ts'
import { SIDES } from './sides.ts'

/** What is held of a kept body until its file is gone through. */
interface Candidate extends BodyRange {
  readonly coding: string | undefined
  /** Of its exchange, among the places of its batch. */
  readonly index: number
}

/** Some exchanges that follow each other in the log, in either direction, and their bodies by file. */
interface Batch {
  readonly places: Place[]
  readonly candidates: Map<string, Candidate[]>
}

interface BodySearch {
  readonly directory: string
  readonly needles: readonly Buffer[]
  readonly progress: ScanProgress
}

/** So many take 3 MB. A file that has bodies of two batches is read twice, which few have. */
const BATCH = 10_000

/**
 * The exchanges with a text in one of their kept bodies: in the letter case in which it was said, whether it
 * stands in JSON or came in pieces. A part of the log is searched at a time, and the lines of what is found in it are read
 * again, so that a log of any size takes the same memory.
 * @param count how many of the newest; all if undefined
 * @returns oldest first, in parts @throws GatewayError LOG_UNREADABLE
 */
export async function* grepBodies(
  context: Context,
  { search, sources, progress }: Finding,
  text: string,
  count?: number,
): AsyncGenerator<Iterable<Entry>> {
  const directory = bodiesDirectory(context.stateDirectory())
  const bodies = { directory, needles: needlesFor(text), progress }
  if (count !== undefined) {
    yield entriesAt(await newestHits(bodies, search.newestFirst(sources), count))
    return
  }
  for (const batch of batchesOf(search.oldestFirst(sources)))
    yield entriesAt(await searchBatch(bodies, batch))
}

/** Oldest first. Nothing is read that is older than they are. */
async function newestHits(
  bodies: BodySearch,
  entries: Iterable<PlacedEntry>,
  count: number,
): Promise<Iterable<Place>> {
  const hits: Place[] = []
  for (const batch of batchesOf(entries)) {
    for (const place of await searchBatch(bodies, batch, count - hits.length)) hits.push(place)
    if (hits.length >= count) break
  }
  return hits.slice(0, count).reverse()
}

function* batchesOf(entries: Iterable<PlacedEntry>): Generator<Batch> {
  let batch: Batch = { places: [], candidates: new Map() }
  for (const entry of entries) {
    addTo(batch, entry)
    if (batch.places.length < BATCH) continue
    yield batch
    batch = { places: [], candidates: new Map() }
  }
  yield batch
}

function addTo({ places, candidates }: Batch, { record, place }: PlacedEntry): void {
  for (const side of SIDES) {
    const reference = referenceOf(record, side)
    if (!reference) continue
    const { file, offset, length, crc32 } = reference
    const ofFile = candidates.get(file) ?? []
    ofFile.push({ offset, length, crc32, coding: codingOf(record, side), index: places.length })
    candidates.set(file, ofFile)
  }
  places.push(place)
}

/** The files are in the order of their first exchanges, so once these are enough the rest is of no use. */
async function searchBatch(
  search: BodySearch,
  batch: Batch,
  count = Number.POSITIVE_INFINITY,
): Promise<readonly Place[]> {
  const { directory, progress } = search
  const pathOf = (file: string) => bodyPath(directory, file) ?? []
  const found = new Set<number>()
  progress.expect([...batch.candidates.keys()].flatMap(pathOf))
  for (const [file, candidates] of batch.candidates) {
    if (isEnough(found, count, candidates)) break
    await searchFile(search, file, candidates, found)
    for (const path of [pathOf(file)].flat()) progress.pass(path)
  }
  return batch.places.filter((_place, index) => found.has(index))
}

function isEnough(found: ReadonlySet<number>, count: number, [first]: readonly Candidate[]): boolean {
  if (found.size < count) return false
  return [...found].filter((index) => index < (first?.index ?? 0)).length >= count
}

async function searchFile(
  { directory, needles }: BodySearch,
  file: string,
  candidates: readonly Candidate[],
  found: Set<number>,
): Promise<void> {
  for await (const { reference, found: body } of readBodies(directory, file, candidates)) {
    if (found.has(reference.index) || 'reason' in body) continue
    const decoded = await decodeFrom(reference.coding, body.bytes)
    if ('bytes' in decoded && holds(decoded.bytes, needles)) found.add(reference.index)
  }
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
  const isIn = (text: Buffer) => needles.some((needle) => text.includes(needle))
  return isIn(bytes) || joinDeltas(bytes).some(({ text }) => isIn(text))
}
