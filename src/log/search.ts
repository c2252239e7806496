import type { ExchangeRecord } from '../exchange/exchange.ts'
import { isNewerLine, parseLine } from '../exchange/line.ts'
import type { Clause } from './clues.ts'
import { cluesOf } from './clues.ts'
import { compileCondition } from './condition.ts'
import { linesOf } from './lines.ts'
import type { Query } from './query.ts'
import { conditionOf } from './query.ts'
import type { Block, Place } from './reader.ts'
import { bytesAt, placedBlocks, placedBlocksBackward } from './reader.ts'

/** A record and the line it stands in, without its newline. */
export interface Entry {
  readonly line: string
  readonly record: ExchangeRecord
}

/** An entry that can be read again. */
export interface PlacedEntry extends Entry {
  readonly place: Place
}

/** A day file, up to `end` or to where it ends. */
export interface Source {
  readonly path: string
  readonly end?: number | undefined
}

const RECORD_START = '{"v":'

/** What is told while a search goes on. */
export interface SearchOptions {
  /** Each time some more bytes have been read. */
  readonly onRead?: (bytes: number) => void
}

/** Finds the records that are meant. Lines that are no record are skipped and counted. */
export class Search {
  readonly #clues: readonly Clause[]
  readonly #isMeant: (record: ExchangeRecord) => boolean
  readonly #onRead: (bytes: number) => void
  #skipped = 0
  #newer = 0

  constructor(query: Query, { onRead = () => undefined }: SearchOptions = {}) {
    this.#onRead = onRead
    const condition = conditionOf(query)
    this.#clues = cluesOf(condition)
    this.#isMeant = compileCondition(condition)
  }

  /** How many lines were looked at and are no record of any version. */
  get skipped(): number {
    return this.#skipped
  }

  /** How many were written by a newer version, and cannot be read. */
  get newer(): number {
    return this.#newer
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *oldestFirst(sources: readonly Source[]): Generator<PlacedEntry> {
    for (const { path, end } of sources) {
      for (const block of placedBlocks(path, { end })) {
        this.#onRead(block.bytes.length)
        yield* this.#placed(linesOf(block.bytes, this.#clues), block, path)
      }
    }
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *newestFirst(sources: readonly Source[]): Generator<PlacedEntry> {
    for (const { path, end } of sources.toReversed()) {
      for (const block of placedBlocksBackward(path, { end })) {
        this.#onRead(block.bytes.length)
        yield* this.#placed([...linesOf(block.bytes, this.#clues)].reverse(), block, path)
      }
    }
  }

  *inBlock(block: Buffer): Generator<Entry> {
    for (const line of linesOf(block, this.#clues)) {
      const entry = this.#meant(line)
      if (entry) yield entry
    }
  }

  *#placed(lines: Iterable<Buffer>, block: Block, path: string): Generator<PlacedEntry> {
    for (const bytes of lines) {
      const entry = this.#meant(bytes)
      if (!entry) continue
      // Spreading it would take a tenth of the whole search.
      const { line, record } = entry
      yield { line, record, place: placeOf(bytes, block, path) }
    }
  }

  #meant(line: Buffer): Entry | undefined {
    const entry = this.#read(line.toString())
    return entry && this.#isMeant(entry.record) ? entry : undefined
  }

  #read(line: string): Entry | undefined {
    const record = parseLine(line)
    if (record) return { line, record }
    if (isNewerLine(line)) this.#newer += 1
    else this.#skipped += 1
    return entryBehind(line)
  }
}

/** What a search found, read again from its places; what is gone meanwhile is left out. @throws GatewayError LOG_UNREADABLE */
export function* entriesAt(places: Iterable<Place>): Generator<Entry> {
  for (const bytes of bytesAt(places)) {
    const line = bytes.toString()
    const record = parseLine(line)
    const entry = record ? { line, record } : entryBehind(line)
    if (entry) yield entry
  }
}

/** A record of one process may follow, in the same line, on what another could not finish. */
function entryBehind(line: string): Entry | undefined {
  const start = line.lastIndexOf(RECORD_START)
  const record = start > 0 ? parseLine(line.slice(start)) : undefined
  return record && { line: line.slice(start), record }
}

/** A line is a part of the memory of its block. */
function placeOf(line: Buffer, { bytes, end }: Block, path: string): Place {
  return { path, start: end - bytes.length + line.byteOffset - bytes.byteOffset, length: line.length }
}
