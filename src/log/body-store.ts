import { crc32 } from 'node:zlib'
import { reasonOf } from '../base/errors.ts'
import { MemoryBudget } from '../base/memory-budget.ts'
import type { BodyReference } from '../exchange/exchange.ts'
import { BodyStreams } from './body-streams.ts'

/** What becomes of a body. */
export type Kept = { readonly reference: BodyReference } | { readonly reason: string }

export interface BodyStoreOptions {
  readonly directory: string
  readonly runId: string
  /** Told once, when bodies cannot be written. */
  readonly onTrouble: (reason: string) => void
  readonly now?: () => number
  /** For what is held until it is written; 96 MB if absent. */
  readonly budgetBytes?: number
}

const BUDGET_BYTES = 96 * 1024 ** 2
const RETRY_MS = 5_000
const CLOSE_MS = 5_000

/**
 * Keeps whole bodies, in compressed streams beside the traffic log. A body gets its place at once; what is behind that
 * happens on other threads, and costs bodies, never an exchange, where the disk is slow, full or gone.
 */
export class BodyStore {
  /** For bodies that are held until they are written, and before, by whoever collects them. */
  readonly budget: MemoryBudget
  readonly #streams: BodyStreams
  readonly #directory: string
  readonly #onTrouble: (reason: string) => void
  readonly #now: () => number
  #failedAtMs = Number.NEGATIVE_INFINITY
  #isTold = false

  constructor(options: BodyStoreOptions) {
    const { directory, runId, onTrouble, now = Date.now, budgetBytes = BUDGET_BYTES } = options
    this.budget = new MemoryBudget(budgetBytes)
    this.#directory = directory
    this.#onTrouble = onTrouble
    this.#now = now
    this.#streams = new BodyStreams({ directory, runId, onFault: (error) => this.#fail(error) })
  }

  /** Never throws. @param bytes without secrets */
  store(session: string | undefined, bytes: Buffer): Kept {
    const nowMs = this.#now()
    if (Math.abs(nowMs - this.#failedAtMs) < RETRY_MS) return { reason: 'bodies cannot be written' }
    if (!this.budget.take(bytes.length)) return { reason: 'too much waits to be written' }
    const onDone = () => this.budget.give(bytes.length)
    try {
      const stream = this.#streams.take(session, nowMs)
      const offset = stream.append(bytes, onDone)
      return { reference: { file: stream.file, offset, length: bytes.length, crc32: crc32(bytes) } }
    } catch (error) {
      onDone()
      this.#fail(error)
      return { reason: 'bodies cannot be written' }
    }
  }

  /** Settles when all is written, after 5 s at the latest. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS)
    })
    await Promise.race([this.#streams.close(), patience])
    clearTimeout(timer)
  }

  #fail(error: unknown): void {
    this.#failedAtMs = this.#now()
    if (this.#isTold) return
    this.#isTold = true
    this.#onTrouble(`cannot keep bodies in ${this.#directory}: ${reasonOf(error)}`)
  }
}
