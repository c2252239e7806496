import { crc32 } from 'node:zlib'
import { CellTable } from '../usage/cell-table.ts'
import type { UsageLine } from '../usage/usage-line.ts'
import { NEWLINE } from './day-file.ts'
import type { Block } from './reader.ts'
import type { Summed } from './segment.ts'
import type { TimeRange } from './since.ts'

const LINE_START = Buffer.from('{"v":')

/** Adds up the lines of some blocks that began within a range. */
export class SegmentBuilder {
  readonly #start: number
  readonly #line: UsageLine
  readonly #sinceMs: number
  readonly #untilMs: number
  readonly #table: CellTable
  #end: number
  #checksum = 0
  #skipped = 0
  #newer = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY

  /** @param start where the first block stands in the file */
  constructor(start: number, stretchMs: number, line: UsageLine, { sinceMs, untilMs }: TimeRange) {
    this.#start = start
    this.#end = start
    this.#line = line
    this.#sinceMs = sinceMs ?? Number.NEGATIVE_INFINITY
    this.#untilMs = untilMs ?? Number.POSITIVE_INFINITY
    this.#table = new CellTable(stretchMs)
  }

  /** How many bytes of the file were added: more than were given, where a line was too long to be held. */
  get length(): number {
    return this.#end - this.#start
  }

  /** @param block whole lines; the last one of a file may lack its newline */
  add({ bytes, end: blockEnd }: Block): void {
    this.#end = blockEnd
    this.#checksum = crc32(bytes, this.#checksum)
    let start = 0
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline === -1 ? bytes.length : newline
      if (end > start) this.#addLine(bytes, start, end)
      start = end + 1
    }
  }

  finish(): Summed {
    const times = this.#firstMs <= this.#lastMs ? { firstMs: this.#firstMs, lastMs: this.#lastMs } : {}
    const place = { start: this.#start, end: this.#end, checksum: this.#checksum }
    return {
      segment: { ...place, skipped: this.#skipped, newer: this.#newer, ...times },
      cells: this.#table.cells(),
    }
  }

  #addLine(block: Buffer, start: number, end: number): void {
    if (this.#line.read(block, start, end)) {
      this.#count()
      return
    }
    this.#skipped += 1
    if (this.#line.isNewer) this.#newer += 1
    // A line of one process may follow, in the same line, on what another could not finish.
    const rest = block.subarray(start, end).lastIndexOf(LINE_START)
    if (rest > 0 && this.#line.read(block, start + rest, end)) this.#count()
  }

  #count(): void {
    const { atMs } = this.#line
    if (atMs < this.#sinceMs || atMs >= this.#untilMs) return
    this.#firstMs = Math.min(this.#firstMs, atMs)
    this.#lastMs = Math.max(this.#lastMs, atMs)
    this.#table.add(this.#line)
  }
}
