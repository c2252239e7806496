import { crc32 } from 'node:zlib'
import { CellTable } from '../usage/cell-table.ts'
import type { UsageLine } from '../usage/usage-line.ts'
import { NEWLINE } from './day-file.ts'
import type { Summed } from './segment.ts'
import type { TimeRange } from './since.ts'

/** Longer lines are none of ours. */
const LONGEST_LINE_BYTES = 64 * 1024 ** 2
const LINE_START = Buffer.from('{"v":')

/** Adds up the lines of some blocks that began within a range. */
export class SegmentBuilder {
  readonly #start: number
  readonly #line: UsageLine
  readonly #sinceMs: number
  readonly #untilMs: number
  readonly #table: CellTable
  #length = 0
  #checksum = 0
  #skipped = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY

  /** @param start where the first block stands in the file */
  constructor(start: number, stretchMs: number, line: UsageLine, { sinceMs, untilMs }: TimeRange) {
    this.#start = start
    this.#line = line
    this.#sinceMs = sinceMs ?? Number.NEGATIVE_INFINITY
    this.#untilMs = untilMs ?? Number.POSITIVE_INFINITY
    this.#table = new CellTable(stretchMs)
  }

  /** How many bytes were added. */
  get length(): number {
    return this.#length
  }

  /** @param block whole lines; the last one of a file may lack its newline */
  add(block: Buffer): void {
    this.#length += block.length
    this.#checksum = crc32(block, this.#checksum)
    let start = 0
    while (start < block.length) {
      const newline = block.indexOf(NEWLINE, start)
      const end = newline === -1 ? block.length : newline
      if (end > start) this.#addLine(block, start, end)
      start = end + 1
    }
  }

  finish(): Summed {
    const times = this.#firstMs <= this.#lastMs ? { firstMs: this.#firstMs, lastMs: this.#lastMs } : {}
    const end = this.#start + this.#length
    const segment = { start: this.#start, end, checksum: this.#checksum, skipped: this.#skipped, ...times }
    return { segment, cells: this.#table.cells() }
  }

  #addLine(block: Buffer, start: number, end: number): void {
    if (this.#isOurs(block, start, end)) {
      this.#count()
      return
    }
    this.#skipped += 1
    // A line of one process may follow, in the same line, on what another could not finish.
    const rest = block.subarray(start, end).lastIndexOf(LINE_START)
    if (rest > 0 && this.#isOurs(block, start + rest, end)) this.#count()
  }

  #isOurs(block: Buffer, start: number, end: number): boolean {
    return end - start <= LONGEST_LINE_BYTES && this.#line.read(block, start, end)
  }

  #count(): void {
    const { atMs } = this.#line
    if (atMs < this.#sinceMs || atMs >= this.#untilMs) return
    this.#firstMs = Math.min(this.#firstMs, atMs)
    this.#lastMs = Math.max(this.#lastMs, atMs)
    this.#table.add(this.#line)
  }
}
