import { statSync } from 'node:fs'
import { join } from 'node:path'
import { NEWLINE } from '../../log/day-file.ts'
import type { Position } from '../../log/follow.ts'
import { appended } from '../../log/follow.ts'
import { listMonthFiles } from '../../log/ledger-files.ts'
import type { Period } from '../../log/period.ts'
import { monthAt } from '../../log/period.ts'
import { blocksBackward, wholeLinesEnd } from '../../log/reader.ts'
import { readClosedPart, writeClosedPart } from './closed-uses.ts'
import { Closing } from './closing.ts'
import type { LedgerLine, LedgerUse } from './ledger-line.ts'

/** A line is written when its exchange ends; so much its duration may lack of the time since it began. */
const SLACK_MS = 600_000
/** So long after the end of a month some writers may still be in its file. */
const OVERLAP_MS = 60_000
/** What ended so long before counts for no window that is shorter than a day, and tells nothing of the next request. */
const CLOSED_MS = 2 * 3_600_000
/** Less than that is read as quickly as what it comes to. */
const WORTH_BYTES = 1024 ** 2

/** Reads the ledger, which other processes write as well: first back into the past, then what is appended. */
export class LedgerTail {
  readonly #directory: string
  readonly #worthBytes: number
  readonly #line: LedgerLine
  readonly #onUse: (use: LedgerUse) => void
  readonly #positions = new Map<string, Position>()
  #month: Period | undefined
  #paths: readonly string[] = []

  /**
   * @param onUse may be given some exchanges that ended before it matters
   * @param worthBytes so much must have been closed for what it comes to to be kept
   */
  constructor(
    directory: string,
    line: LedgerLine,
    onUse: (use: LedgerUse) => void,
    worthBytes = WORTH_BYTES,
  ) {
    this.#directory = directory
    this.#worthBytes = worthBytes
    this.#line = line
    this.#onUse = onUse
  }

  /**
   * Gives the exchanges that ended after `sinceMs`, and reads little more of the files than that. Those that ended hours
   * ago may come added up, each at the beginning of its quarter of an hour.
   * @throws GatewayError LOG_UNREADABLE
   */
  readBack(sinceMs: number, nowMs: number): void {
    const paths = listMonthFiles(this.#directory, sinceMs - SLACK_MS)
    for (const path of paths) this.#standAtEnd(path)
    for (const path of paths.toReversed()) {
      if (!this.#readFileBack(path, sinceMs - SLACK_MS, nowMs)) return
    }
  }

  /** Gives what was appended since. In memory as long as nothing was. @throws GatewayError LOG_UNREADABLE */
  advance(nowMs: number): void {
    for (const path of this.#growing(nowMs)) {
      if (this.#hasNews(path)) for (const block of appended(path, this.#positions)) this.#readLines(block)
    }
  }

  #standAtEnd(path: string): void {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats) this.#positions.set(path, { inode: stats.ino, offset: wholeLinesEnd(path) })
  }

  /** @returns whether an older file can hold more */
  #readFileBack(path: string, sinceMs: number, nowMs: number): boolean {
    const position = this.#positions.get(path)
    if (!position) return true
    const { inode } = position
    const found = readClosedPart(path, inode, this.#line.prices.digest)
    const known = found && found.sinceMs <= sinceMs && found.end <= position.offset ? found : undefined
    const closing = new Closing(position.offset, nowMs - CLOSED_MS)
    // What a known part lacks is read up to it, before the window too, so that the next process finds it there.
    const fromMs = known && sinceMs < nowMs - CLOSED_MS ? known.sinceMs : sinceMs
    let hasOlder = true
    for (const block of blocksBackward(path, { start: known?.end, end: position.offset })) {
      hasOlder = this.#readLines(block, fromMs, closing.before(block.length))
      if (!hasOlder) break
    }
    if (known && !hasOlder) return false
    for (const use of known?.uses ?? []) {
      closing.uses.add(use)
      if (use.endMs >= sinceMs) this.#onUse(use)
    }
    const part = { inode, sinceMs: fromMs, end: closing.end, hasOlder: known?.hasOlder ?? hasOlder }
    const isWhole = !known || known.sinceMs === fromMs
    if (isWhole && closing.end - (known?.end ?? closing.start) > this.#worthBytes)
      writeClosedPart(path, { ...part, uses: closing.uses.all }, this.#line.prices.digest)
    return part.hasOlder
  }

  /** @returns whether what stands before can have ended after `sinceMs`: lines stand in the order of the ends */
  #readLines(block: Buffer, sinceMs = Number.NEGATIVE_INFINITY, closing?: Closing): boolean {
    let firstEndMs: number | undefined
    for (let start = 0; start < block.length; ) {
      const newline = block.indexOf(NEWLINE, start)
      const end = newline === -1 ? block.length : newline
      const use = this.#line.read(block, start, end, sinceMs)
      const { endMs } = this.#line
      if (firstEndMs === undefined && !Number.isNaN(endMs)) firstEndMs = endMs
      if (use) this.#onUse(use)
      closing?.see(start, endMs, use)
      start = end + 1
    }
    return firstEndMs === undefined || firstEndMs >= sinceMs
  }

  #growing(nowMs: number): readonly string[] {
    const { startMs, endMs } = this.#month ?? { startMs: 0, endMs: 0 }
    if (nowMs >= startMs + OVERLAP_MS && nowMs < endMs && this.#paths.length === 1) return this.#paths
    this.#month = monthAt(nowMs)
    const months = [monthAt(nowMs - OVERLAP_MS), this.#month].map(({ name }) => name)
    this.#paths = [...new Set(months)].map((name) => join(this.#directory, `${name}.jsonl`))
    return this.#paths
  }

  #hasNews(path: string): boolean {
    const stats = statSync(path, { throwIfNoEntry: false })
    const known = this.#positions.get(path)
    return stats !== undefined && (stats.ino !== known?.inode || stats.size !== known.offset)
  }
}
