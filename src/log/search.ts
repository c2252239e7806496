import type { ExchangeRecord } from '../exchange/exchange.ts'
import { isNewerLine, parseLine } from '../exchange/line.ts'
import type { Clause } from './clues.ts'
import { cluesOf } from './clues.ts'
import { compileCondition } from './condition.ts'
import { linesOf } from './lines.ts'
import type { Query } from './query.ts'
import { conditionOf } from './query.ts'
import { blocksBackward, blocksForward } from './reader.ts'

/** A record and the line it stands in, without its newline. */
export interface Entry {
  readonly line: string
  readonly record: ExchangeRecord
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
  *oldestFirst(sources: readonly Source[]): Generator<Entry> {
    for (const source of sources) {
      for (const block of blocksForward(source.path, { end: source.end })) {
        this.#onRead(block.length)
        yield* this.inBlock(block)
      }
    }
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *newestFirst(sources: readonly Source[]): Generator<Entry> {
    for (const source of sources.toReversed()) {
      for (const block of blocksBackward(source.path, { end: source.end })) {
        this.#onRead(block.length)
        const lines = [...linesOf(block, this.#clues)]
        for (const line of lines.reverse()) yield* this.#inLine(line)
      }
    }
  }

  *inBlock(block: Buffer): Generator<Entry> {
    for (const line of linesOf(block, this.#clues)) yield* this.#inLine(line)
  }

  *#inLine(bytes: Buffer): Generator<Entry> {
    const entry = this.#read(bytes.toString())
    if (entry && this.#isMeant(entry.record)) yield entry
  }

  #read(line: string): Entry | undefined {
    const record = parseLine(line)
    if (record) return { line, record }
    if (isNewerLine(line)) this.#newer += 1
    else this.#skipped += 1
    // A record of one process may follow, in the same line, on what another could not finish.
    const start = line.lastIndexOf(RECORD_START)
    const rest = start > 0 ? parseLine(line.slice(start)) : undefined
    return rest && { line: line.slice(start), record: rest }
  }
}
