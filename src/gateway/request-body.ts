import type { IncomingMessage } from 'node:http'
import { splice } from '../json/splice.ts'
import type { Asked } from './asked.ts'
import { readAsked } from './asked.ts'

/** The exact bytes of a request's body, kept while they are streamed on, in case a second attempt needs them. */
export class RequestBody {
  readonly #request: IncomingMessage
  readonly #chunks: Buffer[] = []
  bytes = 0
  /** When the last byte came, as `performance.now()` tells it. */
  endedAtMs: number | undefined
  /** Whether only its end tells its length. */
  readonly isChunked: boolean
  /** Whether it is compressed, or coded in another way. */
  readonly isEncoded: boolean
  readonly #declaredBytes: number | undefined
  #isKept = false
  #asked: Asked | undefined
  #rewritten:
    | { readonly chunks: readonly Buffer[]; readonly bytes: number; readonly model?: string | undefined }
    | undefined

  constructor(request: IncomingMessage) {
    const { headers } = request
    const declared = headers['content-length']
    this.#request = request
    this.isChunked = headers['transfer-encoding'] !== undefined
    this.isEncoded = isCoded(headers['content-encoding'])
    this.#declaredBytes = declared === undefined ? undefined : Number(declared)
  }

  get isWhole(): boolean {
    return this.endedAtMs !== undefined
  }

  /** How long it goes out, as far as that is known before its end; undefined where there is no body. */
  get length(): number | undefined {
    return this.#rewritten?.bytes ?? (this.isChunked ? this.bytes : this.#declaredBytes)
  }

  /** What goes out. */
  get chunks(): readonly Buffer[] {
    return this.#rewritten?.chunks ?? this.#chunks
  }

  /** The model that goes out in place of the one asked for, if it is another. */
  get sentModel(): string | undefined {
    return this.#rewritten?.model
  }

  /**
   * What the body asks for, looked up in its bytes without parsing the whole. The first call takes its time (3 ms for
   * 2 MB), so it belongs where nobody waits. A body that broke off tells nothing.
   */
  asked(): Asked {
    if (this.bytes === 0 || !(this.isWhole || this.bytes === this.#declaredBytes)) return {}
    this.#asked ??= readAsked(Buffer.concat(this.#chunks))
    return this.#asked
  }

  /**
   * Lets the model's name under which the upstream knows it go out in place of the one asked for; every other byte
   * stays. The body must be whole. Where the name stands twice, the last one counts, as for most servers (RFC 8259
   * section 4) and in the record; one that is no JSON object goes out as it is.
   * @param aliases names to ask for, and what is sent in their place; that is not looked up once more
   */
  rename(aliases: ReadonlyMap<string, string>): void {
    const { model, modelSpan } = this.asked()
    const name = model === undefined ? undefined : aliases.get(model)
    if (!modelSpan || name === undefined || name === model) return
    const bytes = Buffer.from(JSON.stringify(name))
    const growth = bytes.length - (modelSpan.end - modelSpan.start)
    const chunks = splice(this.#chunks, [{ ...modelSpan, bytes }])
    this.#rewritten = { chunks, bytes: this.bytes + growth, model: name }
  }

  /** Lets other bytes go out in its place; the name that goes out for the model stays noted. The body must be whole. */
  replace(body: Buffer): void {
    this.#rewritten = { chunks: [body], bytes: body.length, model: this.sentModel }
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

/** Whether a body with that `content-encoding` is compressed, or coded in another way. */
export function isCoded(contentEncoding = 'identity'): boolean {
  return contentEncoding.toLowerCase() !== 'identity'
}
