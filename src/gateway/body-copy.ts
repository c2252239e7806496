import { reasonOf } from '../base/errors.ts'
import type { MemoryBudget } from '../base/memory-budget.ts'
import { codingOf, SNIFF_BYTES } from '../usage/coding.ts'
import { Decoder } from '../usage/decompress.ts'

/** A body as it went over the wire, and what it decodes to, where that is something else. */
export interface CopiedBody {
  readonly bytes: Buffer
  readonly decoded?: Buffer
}

const MAX_BYTES = 64 * 1024 ** 2
const MAX_DECODING_MS = 50
/** What is decoded at once: a decoder on another thread costs this one something for each piece. */
const PIECE_BYTES = 64 * 1024

/**
 * Collects the chunks of a body, without copying them. One that is compressed is decoded as well, because a secret in it
 * could not be found otherwise.
 */
export class BodyCopy {
  readonly #contentEncoding: string | undefined
  readonly #budget: MemoryBudget
  #chunks: Buffer[] = []
  #bytes = 0
  #heldBytes = 0
  #fault: string | undefined
  #isCoded: boolean | undefined
  #decoder: Decoder | undefined
  /** How many chunks the decoder was given. */
  #given = 0
  #givenBytes = 0
  #isWaiting = false
  #decoded: Buffer[] = []
  #onIdle: (() => void) | undefined

  constructor(contentEncoding: string | undefined, budget: MemoryBudget) {
    this.#contentEncoding = contentEncoding
    this.#budget = budget
  }

  /** Why it cannot be kept. */
  get fault(): string | undefined {
    return this.#fault
  }

  push(chunk: Buffer): void {
    if (this.#fault !== undefined || !this.#hold(chunk)) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes - this.#givenBytes < PIECE_BYTES || this.#isWaiting) return
    this.#isWaiting = true
    // Work done now would delay the bytes that the client waits for.
    setImmediate(() => {
      this.#isWaiting = false
      this.#decode()
    })
  }

  /** Calls `done` once, when it is decoded: at once where there is nothing to decode, after 50 ms at the latest. */
  finish(done: () => void): void {
    this.#decode()
    try {
      this.#decoder?.end()
    } catch (error) {
      this.#fail(undecodable(error))
    }
    if (this.#fault !== undefined || this.#decoder?.isIdle !== false) {
      done()
      return
    }
    const timer = setTimeout(() => this.#fail('it took too long to decode'), MAX_DECODING_MS)
    this.#onIdle = () => {
      clearTimeout(timer)
      done()
    }
  }

  /** Undefined where it cannot be kept, or is empty. Gives up what was held, also where there is no memory for the whole. */
  take(): CopiedBody | undefined {
    try {
      if (this.#fault !== undefined || this.#bytes === 0) return undefined
      const decoded = this.#decoder ? { decoded: Buffer.concat(this.#decoded) } : {}
      return { bytes: Buffer.concat(this.#chunks), ...decoded }
    } finally {
      this.drop()
    }
  }

  /** Nothing of it is wanted. */
  drop(): void {
    this.#decoder?.destroy()
    this.#budget.give(this.#heldBytes)
    this.#heldBytes = 0
    this.#chunks = []
    this.#decoded = []
  }

  #hold({ length }: Buffer): boolean {
    if (this.#bytes + length > MAX_BYTES) this.#fail(`it is over ${MAX_BYTES} bytes`)
    else if (!this.#budget.take(length)) this.#fail('too much was held at once')
    else this.#heldBytes += length
    return this.#fault === undefined
  }

  #decode(): void {
    try {
      const chunks = this.#chunks.slice(this.#given)
      this.#given = this.#chunks.length
      this.#givenBytes = this.#bytes
      if (chunks.length === 0) return
      this.#isCoded ??= isCoded(this.#contentEncoding, chunks)
      if (!this.#isCoded) return
      this.#decoder ??= this.#open()
      for (const chunk of chunks) this.#decoder.write({ chunk, atMs: 0 })
    } catch (error) {
      this.#fail(undecodable(error))
    }
  }

  #open(): Decoder {
    return new Decoder(this.#contentEncoding, {
      onBytes: (bytes) => this.#hold(bytes) && this.#decoded.push(bytes),
      onIdle: () => this.#settle(),
      onFault: (error) => this.#fail(undecodable(error)),
    })
  }

  #fail(reason: string): void {
    if (this.#fault !== undefined) return
    this.#fault = reason
    this.drop()
    this.#settle()
  }

  #settle(): void {
    const onIdle = this.#onIdle
    this.#onIdle = undefined
    onIdle?.()
  }
}

/** @throws Error where the coding is unknown */
function isCoded(contentEncoding: string | undefined, chunks: readonly Buffer[]): boolean {
  const start = Buffer.concat(chunks.slice(0, SNIFF_BYTES)).subarray(0, SNIFF_BYTES)
  return codingOf(contentEncoding, start) !== 'identity'
}

function undecodable(error: unknown): string {
  return `it cannot be decoded, so a secret in it would not be found: ${reasonOf(error)}`
}
