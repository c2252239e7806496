import type { BodyReader } from './body-reader.ts'
import type { Findings } from './fold.ts'
import { ANY_EVENT, DONE, foldEvent, LATE_EVENT, LATE_NEEDLE, NOTHING_FOUND } from './fold.ts'
import type { EventSink } from './sse.ts'
import { SseReader } from './sse.ts'

/** Follows a streamed answer: every event up to the first content, then only those that can tell something. */
export class StreamBody implements BodyReader, EventSink {
  readonly isStream = true
  findings: Findings = NOTHING_FOUND
  firstContentAtMs: number | undefined
  readonly #events = new SseReader(this)
  #lastAtMs = 0

  get wanted(): RegExp {
    const { api, hasContent } = this.findings
    return api && hasContent ? LATE_EVENT[api] : ANY_EVENT
  }

  get needle(): Buffer | undefined {
    const { api, hasContent } = this.findings
    return api && hasContent ? LATE_NEEDLE[api] : undefined
  }

  push(bytes: Buffer, atMs: number): void {
    this.#lastAtMs = atMs
    this.#events.push(bytes, atMs)
  }

  onData(data: string, atMs: number): void {
    this.findings = foldEvent(this.findings, data === DONE ? DONE : parse(data))
    if (this.findings.hasContent) this.firstContentAtMs ??= atMs
  }

  end(): void {
    try {
      this.#events.end(this.#lastAtMs)
    } catch {
      // A stream that was cut ends within an event.
    }
  }

  get missingReason(): string {
    return this.#events.hasSkipped ? 'an event was too long to read' : 'the stream carried no usage'
  }
}

/** The error leaves out what JSON.parse says, since that quotes the text. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw new Error('an event of the stream is not JSON')
  }
}
