import { Decoder } from '../usage/decompress.ts'

/** Gives the bytes of an answer as they were before they were compressed. */
export interface Decoding {
  write(chunk: Buffer): void
  /** Calls `done` once, when all that was written is decoded: at once, unless a decoder is at work. */
  end(done: (isWhole: boolean) => void): void
  destroy(): void
}

/**
 * @param coding its `content-encoding`; undefined gives the bytes as they are
 * @param onFault what cannot be decoded; nothing is given after it
 */
export function createDecoding(
  coding: string | undefined,
  onBytes: (bytes: Buffer) => void,
  onFault: (error: Error) => void,
): Decoding {
  if (coding === undefined) return { write: onBytes, end: (done) => done(true), destroy: () => {} }
  return new StreamDecoding(coding, onBytes, onFault)
}

class StreamDecoding implements Decoding {
  readonly #decoder: Decoder
  readonly #onFault: (error: Error) => void
  #isFaulty = false
  #done: ((isWhole: boolean) => void) | undefined

  constructor(coding: string, onBytes: (bytes: Buffer) => void, onFault: (error: Error) => void) {
    this.#onFault = onFault
    this.#decoder = new Decoder(coding, {
      onBytes: (bytes) => onBytes(bytes),
      onIdle: () => this.#settle(),
      onFault: (error) => this.#fail(error),
    })
  }

  write(chunk: Buffer): void {
    this.#attempt(() => this.#decoder.write({ chunk, atMs: 0 }))
  }

  end(done: (isWhole: boolean) => void): void {
    this.#attempt(() => this.#decoder.end())
    this.#done = done
    if (this.#isFaulty || this.#decoder.isIdle) this.#settle()
  }

  destroy(): void {
    this.#decoder.destroy()
  }

  #attempt(work: () => void): void {
    try {
      if (!this.#isFaulty) work()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    if (this.#isFaulty) return
    this.#isFaulty = true
    this.#decoder.destroy()
    this.#settle()
    this.#onFault(error)
  }

  #settle(): void {
    const done = this.#done
    this.#done = undefined
    done?.(!this.#isFaulty)
  }
}
