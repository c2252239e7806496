import { reasonOf } from '../base/errors.ts'
import type { Usage } from '../exchange/exchange.ts'
import { Answer, isReadableType } from '../usage/answer.ts'
import type { BodyReader } from '../usage/body-reader.ts'
import type { Arrival } from '../usage/decompress.ts'
import { Decoder } from '../usage/decompress.ts'
import { NOTHING_FOUND } from '../usage/fold.ts'

/** The head of the upstream's answer, as far as it decides how the body is read. */
export interface TapHead {
  readonly status: number
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
}

/** What the answer told. A field that does not apply is absent. */
export interface TapSummary {
  /** Null if there should be one and it could not be known. Until `isComplete`, its output tokens are preliminary. */
  readonly usage?: Usage | null
  /** Why usage is null. */
  readonly usageReason?: string
  readonly responseModel?: string
  readonly stopReason?: string
  /** Arrival of the chunk with the first streamed text, thinking or tool input (monotonic ms). */
  readonly firstTokenAtMs?: number
  /** From an error event or an API error body. */
  readonly error?: { readonly type: string; readonly message: string }
  readonly isStream: boolean
  /** Whether the closing event of the stream was seen. */
  readonly isComplete?: boolean
}

export interface Tap {
  /** Takes note of a chunk that arrived at `atMs` (performance.now()); it is read later, and never changed. */
  push(chunk: Buffer, atMs: number): void
  /**
   * Calls `done` once with what was found: at once unless a decoder is still at work, and then after
   * 50 ms at the latest.
   */
  finish(done: (summary: TapSummary) => void): void
}

const MAX_DECODING_MS = 50
const MAX_QUEUE_BYTES = 16 * 1024 ** 2

/** Watches the body of one answer. Nothing that goes wrong in it leaves it: it then stops, with the reason. */
export function createTap(head: TapHead): Tap {
  return new BodyTap(head)
}

class BodyTap implements Tap {
  readonly #status: number
  readonly #answer: Answer
  readonly #decoder: Decoder
  readonly #drain = () => this.#drainQueue()
  #queue: Arrival[] = []
  #queueBytes = 0
  #isWatching: boolean
  #fault: string | undefined
  #done: ((summary: TapSummary) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ status, contentType, contentEncoding }: TapHead) {
    this.#status = status
    this.#isWatching = isReadableType(contentType)
    this.#answer = new Answer(contentType)
    this.#decoder = new Decoder(contentEncoding, {
      onBytes: (bytes, atMs) => this.#isWatching && this.#answer.push(bytes, atMs),
      onIdle: () => this.#settle(),
      onFault: (error) => this.#fail(error),
    })
  }

  /** `res.write` is corked until the next tick: work done now would delay the very bytes it looks at. */
  push(chunk: Buffer, atMs: number): void {
    if (!this.#isWatching) return
    if (this.#queue.length === 0) setImmediate(this.#drain)
    this.#queue.push({ chunk, atMs })
    this.#queueBytes += chunk.length
    if (this.#queueBytes > MAX_QUEUE_BYTES) this.#fail('too much arrived at once')
  }

  finish(done: (summary: TapSummary) => void): void {
    this.#drainQueue()
    this.#attempt(() => this.#decoder.end())
    this.#done = done
    if (!this.#isWatching || this.#decoder.isIdle) this.#settle()
    else this.#timer = setTimeout(() => this.#fail('decoding took too long'), MAX_DECODING_MS)
  }

  #drainQueue(): void {
    const queue = this.#queue
    this.#queue = []
    this.#queueBytes = 0
    this.#attempt(() => {
      for (const arrival of queue) this.#decoder.write(arrival)
    })
  }

  #attempt(work: () => void): void {
    try {
      if (this.#isWatching) work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (!this.#isWatching) return
    this.#isWatching = false
    this.#fault = reasonOf(error)
    this.#queue = []
    this.#decoder.destroy()
    this.#settle()
  }

  #settle(): void {
    const done = this.#done
    if (!done) return
    this.#done = undefined
    clearTimeout(this.#timer)
    this.#attempt(() => this.#answer.end())
    this.#isWatching = false
    this.#decoder.destroy()
    done(summarise(this.#status, this.#answer.body, this.#fault))
  }
}

function summarise(status: number, body: BodyReader | undefined, fault: string | undefined): TapSummary {
  const { api, isComplete, model, stopReason, error } = body?.findings ?? NOTHING_FOUND
  const firstTokenAtMs = body?.firstContentAtMs
  const isStream = body?.isStream ?? false
  return {
    ...usageOf(status, body, fault),
    ...(model !== undefined && { responseModel: model }),
    ...(stopReason !== undefined && { stopReason }),
    ...(firstTokenAtMs !== undefined && { firstTokenAtMs }),
    ...(error && { error }),
    isStream,
    ...(isStream && api && fault === undefined && { isComplete }),
  }
}

/** An API error has no usage, so none is missed. */
function usageOf(
  status: number,
  body: BodyReader | undefined,
  fault: string | undefined,
): Pick<TapSummary, 'usage' | 'usageReason'> {
  const usage = body?.findings.usage
  if (usage && fault === undefined) return { usage }
  const usageReason = fault ?? body?.missingReason
  return status >= 400 || usageReason === undefined ? {} : { usage: null, usageReason }
}
