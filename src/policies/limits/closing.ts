import { ClosedUses } from './closed-uses.ts'
import type { LedgerUse } from './ledger-line.ts'

/** Finds, block by block from the end of a ledger file, the part of it that is closed: before the first line that ended lately. */
export class Closing {
  readonly uses = new ClosedUses()
  /** Where the closed part ends, as far as the file was read. */
  end: number
  /** Where the last block begins. */
  start: number
  readonly #closedMs: number
  /** Those of the last block that stand before what is not closed. */
  #ofBlock: LedgerUse[] = []
  #isOpen = false

  /** @param closedMs what ended then or later is not closed */
  constructor(end: number, closedMs: number) {
    this.end = end
    this.start = end
    this.#closedMs = closedMs
  }

  /** Goes on with the block before, of so many bytes. */
  before(bytes: number): this {
    this.start -= bytes
    this.#ofBlock = []
    this.#isOpen = false
    return this
  }

  /** A line of the block, and what it says; those of a block come in the order of the file. */
  see(place: number, endMs: number, use: LedgerUse | undefined): void {
    if (!this.#isOpen && endMs >= this.#closedMs) {
      this.#isOpen = true
      this.end = this.start + place
      // What stands behind it will be read again.
      this.uses.clear()
      for (const before of this.#ofBlock) this.uses.add(before)
    }
    if (!use || this.#isOpen) return
    this.#ofBlock.push(use)
    this.uses.add(use)
  }
}
