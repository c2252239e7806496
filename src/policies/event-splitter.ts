import { firstEventEnd } from '../usage/event-end.ts'
import { GrowingBuffer } from '../usage/growing-buffer.ts'

/** A longer event is not looked into. The API's are some hundred kB at most. */
const MAX_EVENT_BYTES = 16 * 1024 ** 2

/** Who is given the events; the bytes are a view that the next `push` can change. */
export interface EventReceiver {
  onEvent(event: Buffer): void
  /** A part of an event that is too long. */
  onLongPart(part: Buffer): void
}

/** Cuts a stream of server-sent events, that comes in chunks cut at any byte, into events. */
export class EventSplitter {
  readonly #unfinished = new GrowingBuffer()
  #givenBytes = 0
  #isLong = false

  push(chunk: Buffer, receiver: EventReceiver): void {
    this.#dropGiven()
    let searchFrom = this.#unfinished.length
    this.#unfinished.append(chunk)
    const bytes = this.#unfinished.view()
    let start = 0
    for (let end = firstEventEnd(bytes, searchFrom); end !== -1; end = firstEventEnd(bytes, searchFrom)) {
      this.#give(bytes.subarray(start, end), receiver)
      start = end
      searchFrom = end + 1
    }
    const kept = this.#keptFrom(start, bytes.length)
    if (kept > start) receiver.onLongPart(bytes.subarray(start, kept))
    this.#givenBytes = kept
  }

  /** What is left at the end: an event that broke off. */
  rest(): Buffer {
    return this.#unfinished.view().subarray(this.#givenBytes)
  }

  #dropGiven(): void {
    if (this.#givenBytes === 0) return
    const rest = this.rest()
    this.#unfinished.clear()
    this.#unfinished.append(rest)
    this.#givenBytes = 0
  }

  #give(event: Buffer, receiver: EventReceiver): void {
    if (this.#isLong) receiver.onLongPart(event)
    else receiver.onEvent(event)
    this.#isLong = false
  }

  /** Keeps an event that is not whole yet; of one that is too long only the last byte, by which its end is recognised. */
  #keptFrom(start: number, end: number): number {
    this.#isLong ||= end - start > MAX_EVENT_BYTES
    return this.#isLong ? Math.max(start, end - 1) : start
  }
}
