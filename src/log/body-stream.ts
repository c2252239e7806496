import { createWriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream'
import { constants, createBrotliCompress } from 'node:zlib'
import { ensurePrivateDirectory } from '../base/private-file.ts'

/**
 * Measured on a session of 100 turns whose requests grow to 1 MB: the ratio of higher qualities is hardly better. With
 * 8 MB behind it, the encoder finds the conversation that came in the request before, also of three that take turns with up to 2 MB
 * each. It takes 25 MB of memory, twice the window would take 41 MB; and whoever reads it has a window on each of four threads.
 */
const PARAMS = {
  [constants.BROTLI_PARAM_QUALITY]: 3,
  [constants.BROTLI_PARAM_LGWIN]: 23,
}
const CHUNK_BYTES = 64 * 1024

/**
 * Bodies one behind the other, as one compressed stream in a file of its own. Where a body begins in what the file
 * decompresses to is known at once, long before it is written; a file that ends too soon, because its process did, still
 * gives all bodies up to there.
 */
export class BodyStream {
  /** Below the folder of the bodies. */
  readonly file: string
  readonly day: string
  readonly #encoder = createBrotliCompress({ params: PARAMS, chunkSize: CHUNK_BYTES })
  readonly #closed: Promise<void>
  #plainBytes = 0
  #waiting: (() => void)[] = []
  #fault: Error | undefined

  /**
   * @param onFault told once of what went wrong; nothing behind it is readable
   * @throws the system error where its folder cannot be made
   */
  constructor(path: string, { file, day }: { file: string; day: string }, onFault: (error: Error) => void) {
    this.file = file
    this.day = day
    ensurePrivateDirectory(dirname(dirname(path)))
    ensurePrivateDirectory(dirname(path))
    const sink = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    this.#closed = new Promise((resolve) => {
      pipeline(this.#encoder, sink, (error) => {
        if (error) this.#fail(error)
        if (error) onFault(error)
        resolve()
      })
    })
  }

  get plainBytes(): number {
    return this.#plainBytes
  }

  get isBroken(): boolean {
    return this.#fault !== undefined
  }

  /**
   * Takes a body; it is compressed on another thread, and on its way to the disk when `onDone` is called, or lost.
   * @returns where it begins
   */
  append(bytes: Buffer, onDone: () => void): number {
    const offset = this.#plainBytes
    this.#plainBytes += bytes.length
    this.#waiting.push(onDone)
    this.#encoder.write(bytes)
    this.#encoder.flush(constants.BROTLI_OPERATION_FLUSH, () => this.#waiting.shift()?.())
    return offset
  }

  /** Takes no more. Settles when all of it is in the file, or lost. */
  close(): Promise<void> {
    this.#encoder.end()
    return this.#closed
  }

  #fail(error: Error): void {
    this.#fault = error
    for (const onDone of this.#waiting.splice(0)) onDone()
  }
}
