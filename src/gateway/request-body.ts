import type { IncomingMessage } from 'node:http'
import { peek } from '../json/peek.ts'

/** The members of a request's JSON body that stand in its record. */
export interface Asked {
  readonly model?: string
  readonly stream?: boolean
}

/** The exact bytes of a request's body, kept while they are streamed on, in case a second attempt needs them. */
export class RequestBody {
  readonly #request: IncomingMessage
  readonly #chunks: Buffer[] = []
  bytes = 0
  /** When the last byte came, as `performance.now()` tells it. */
  endedAtMs: number | undefined
  /** Whether only its end tells its length. */
  readonly isChunked: boolean
  readonly #declaredBytes: number | undefined
  #isKept = false
  #asked: Asked | undefined

  constructor(request: IncomingMessage) {
    const { 'content-length': declared, 'transfer-encoding': coding } = request.headers
    this.#request = request
    this.isChunked = coding !== undefined
    this.#declaredBytes = declared === undefined ? undefined : Number(declared)
  }

  get isWhole(): boolean {
    return this.endedAtMs !== undefined
  }

  /** Its length as far as it is known before its end; undefined where there is no body. */
  get length(): number | undefined {
    return this.isChunked ? this.bytes : this.#declaredBytes
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks
  }

  /**
   * What the body asks for, looked up in its bytes without parsing the whole. The first call takes its time (3 ms for
   * 2 MB), so it belongs where nobody waits. A body that broke off tells nothing.
   */
  asked(): Asked {
    if (!this.isWhole || this.bytes === 0) return {}
    this.#asked ??= readAsked(Buffer.concat(this.#chunks))
    return this.#asked
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

  /**
   * Reads on to the end, to `maxBytes`, or until the client leaves; also where the request is streamed on as well, and
   * its receiver takes its time or goes away.
   */
  readWhole(maxBytes: number): Promise<void> {
    this.keep()
    return new Promise((resolve) => {
      if (this.isWhole) resolve()
      this.#request.on('data', () => this.bytes > maxBytes && resolve())
      this.#request.on('end', resolve).on('close', resolve)
      this.#request.on('pause', () => setImmediate(() => this.#request.resume()))
      this.#request.resume()
    })
  }
}

function readAsked(body: Buffer): Asked {
  const found = peek(body, ['model', 'stream'])
  const model = found?.['model']?.value
  const stream = found?.['stream']?.value
  return { ...(typeof model === 'string' && { model }), ...(typeof stream === 'boolean' && { stream }) }
}
