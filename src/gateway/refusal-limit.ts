const RECORDS_PER_MINUTE = 10
const MINUTE_MS = 60_000

/** Decides which refusals of strangers are recorded: ten in a minute, and how many were not since the last one. */
export class RefusalLimit {
  readonly #nowMs: () => number
  #windowStartMs = Number.NEGATIVE_INFINITY
  #count = 0
  #unrecorded = 0

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** How many refusals went unrecorded before this one; undefined if this one does too. */
  admit(): number | undefined {
    if (this.#nowMs() - this.#windowStartMs >= MINUTE_MS) {
      this.#windowStartMs = this.#nowMs()
      this.#count = 0
    }
    this.#count += 1
    if (this.#count > RECORDS_PER_MINUTE) {
      this.#unrecorded += 1
      return undefined
    }
    const unrecorded = this.#unrecorded
    this.#unrecorded = 0
    return unrecorded
  }
}
