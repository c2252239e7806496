import type { IncomingMessage } from 'node:http'

/** The exact bytes of a request's body, kept while they are streamed on, in case a second attempt needs them. */
export class RequestBody {
  readonly #request: IncomingMessage
  readonly #chunks: Buffer[] = []
  bytes = 0
  /** When the last byte came, as `performance.now()` tells it. */
  endedAtMs: number | undefined
  #isKept = false

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  /** Whether only its end tells its length. */
  get isChunked(): boolean {
    return this.#request.headers['transfer-encoding'] !== undefined
  }

  get isWhole(): boolean {
    return this.endedAtMs !== undefined
  }

  /** Its length as far as it is known before its end; undefined where there is no body. */
  get length(): number | undefined {
    if (this.isChunked) return this.bytes
    const declared = this.#request.headers['content-length']
    return declared === undefined ? undefined : Number(declared)
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks
  }

  concat(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
  }

  /** Starts keeping; must be called in the tick in which the request starts to flow, or bytes are lost. */
  keep(): void {
    if (this.#isKept) return
    this.#isKept = true
    this.#request.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.bytes += chunk.length
    })
    this.#request.on('end', () => {
      this.endedAtMs = performance.now()
    })
  }

  /** Lets what is still to come pass by unkept. */
  dropRest(): void {
    this.#request.unpipe()
    this.#request.removeAllListeners('data')
    this.#request.resume()
  }

  /** Reads on to the end, to `maxBytes`, or until the client leaves. */
  readWhole(maxBytes: number): Promise<void> {
    this.keep()
    return new Promise((resolve) => {
      if (this.isWhole) resolve()
      this.#request.on('data', () => this.bytes > maxBytes && resolve())
      this.#request.on('end', resolve).on('close', resolve)
      this.#request.resume()
    })
  }
}
