import type { ExchangeRecord } from '../exchange/exchange.ts'
import { parseLine } from '../exchange/line.ts'
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

/** Longer lines are no records, and might be more than a string can hold. */
const LONGEST_LINE_BYTES = 64 * 1024 ** 2
const RECORD_START = '{"v":'

/** Finds the records that are meant. Lines that are no record are skipped and counted. */
export class Search {
  readonly #clues: readonly Clause[]
  readonly #isMeant: (record: ExchangeRecord) => boolean
  #skipped = 0

  constructor(query: Query) {
    const condition = conditionOf(query)
    this.#clues = cluesOf(condition)
    this.#isMeant = compileCondition(condition)
  }

  /** How many lines were looked at and are no record. */
  get skipped(): number {
    return this.#skipped
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *oldestFirst(sources: readonly Source[]): Generator<Entry> {
    for (const source of sources) {
      for (const block of blocksForward(source.path, { end: source.end })) yield* this.inBlock(block)
    }
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *newestFirst(sources: readonly Source[]): Generator<Entry> {
    for (const source of sources.toReversed()) {
      for (const block of blocksBackward(source.path, { end: source.end })) {
        const lines = [...linesOf(block, this.#clues)]
        for (const line of lines.reverse()) yield* this.#inLine(line)
      }
    }
  }

  *inBlock(block: Buffer): Generator<Entry> {
    for (const line of linesOf(block, this.#clues)) yield* this.#inLine(line)
  }

  *#inLine(bytes: Buffer): Generator<Entry> {
    const entry = this.#read(bytes.length > LONGEST_LINE_BYTES ? '' : bytes.toString())
    if (entry && this.#isMeant(entry.record)) yield entry
  }

  #read(line: string): Entry | undefined {
    const record = parseLine(line)
    if (record) return { line, record }
    this.#skipped += 1
    // A record of one process may follow, in the same line, on what another could not finish.
    const start = line.lastIndexOf(RECORD_START)
    const rest = start > 0 ? parseLine(line.slice(start)) : undefined
    return rest && { line: line.slice(start), record: rest }
  }
}
