import { firstEventEnd, lastEventEnd } from './event-end.ts'
import { GrowingBuffer } from './growing-buffer.ts'

/** Who is told of the events. */
export interface EventSink {
  /** What an event must contain to be read at all: global, and matched against its bytes as Latin-1. */
  readonly wanted: RegExp
  /**
   * A faster search for long stretches in the middle of a stream: bytes that stand in every event wanted there.
   * Undefined where there is none. The last stretch is searched for `wanted` all the same.
   */
  readonly needle?: Buffer | undefined
  /** The data of an event, and the arrival of the chunk that completed it (monotonic ms). */
  onData(data: string, atMs: number): void
}

const MAX_EVENT_BYTES = 4 * 1024 ** 2
/** How much of a chunk is joined at once to an event that began in an earlier one. */
const SEAM_BYTES = 4096
/** From here on making a text of the bytes costs more than it helps. */
const LONG_STRETCH_BYTES = 16 * 1024

/**
 * Reads a stream of server-sent events as WHATWG HTML section 9.2.6 says, cut into chunks at any byte; lines
 * end in LF, CRLF or CR. Only events that contain what the sink wants are decoded and split: the search for it
 * runs over whole chunks, and bytes are copied only where an event spans two of them.
 */
export class SseReader {
  readonly #sink: EventSink
  readonly #maxEventBytes: number
  readonly #unfinished = new GrowingBuffer()
  #isSkipping = false
  #hasSkipped = false
  /** The last stretch, if the needle was not in it. */
  #glanced: Buffer | undefined

  constructor(sink: EventSink, maxEventBytes = MAX_EVENT_BYTES) {
    this.#sink = sink
    this.#maxEventBytes = maxEventBytes
  }

  /** Whether an event was longer than the cap, and so was not read. */
  get hasSkipped(): boolean {
    return this.#hasSkipped
  }

  /** Reads the events that this chunk completes. Throws only what the sink throws. */
  push(chunk: Buffer, atMs: number): void {
    let rest = chunk
    while (this.#unfinished.length > 0 && rest.length > 0) rest = this.#joinSeam(rest, atMs)
    const end = lastEventEnd(rest, rest.length)
    this.#readEvents(rest.subarray(0, end), atMs)
    this.#unfinished.append(rest.subarray(end))
    this.#limit()
  }

  /** Reads what is left although no blank line closed it, as some servers end. */
  end(atMs: number): void {
    if (this.#glanced) this.#readMatches(this.#glanced, atMs)
    this.#glanced = undefined
    if (!this.#isSkipping) this.#readEvents(this.#unfinished.view(), atMs)
    this.#unfinished.clear()
  }

  /** Completes the unfinished event from `chunk`; gives what was not needed for that. */
  #joinSeam(chunk: Buffer, atMs: number): Buffer {
    const seam = this.#unfinished.length
    this.#unfinished.append(chunk.subarray(0, SEAM_BYTES))
    const event = this.#unfinished.view()
    const end = firstEventEnd(event, seam)
    if (end === -1) {
      this.#limit()
      return chunk.subarray(SEAM_BYTES)
    }
    if (!this.#isSkipping) this.#readEvents(event.subarray(0, end), atMs)
    this.#isSkipping = false
    this.#unfinished.clear()
    return chunk.subarray(end - seam)
  }

  /** Holds no more than the cap: of a longer event only the last byte, by which its end is recognised. */
  #limit(): void {
    if (this.#unfinished.length <= this.#maxEventBytes && !this.#isSkipping) return
    const last = Buffer.from(this.#unfinished.view().subarray(-1))
    this.#unfinished.clear()
    this.#unfinished.append(last)
    this.#isSkipping = true
    this.#hasSkipped = true
  }

  #readEvents(events: Buffer, atMs: number): void {
    if (events.length === 0) return
    const { needle } = this.#sink
    const isGlance = needle !== undefined && events.length >= LONG_STRETCH_BYTES && !events.includes(needle)
    this.#glanced = isGlance ? events : undefined
    if (!isGlance) this.#readMatches(events, atMs)
  }

  #readMatches(events: Buffer, atMs: number): void {
    const text = events.toString('latin1')
    let at = 0
    while (at < events.length) {
      const match = find(this.#sink.wanted, text, at)
      if (match === -1) return
      const start = Math.max(at, lastEventEnd(events, match))
      const end = firstEventEnd(events, match)
      at = end === -1 ? events.length : end
      this.#readEvent(events.subarray(start, at), atMs)
    }
  }

  #readEvent(event: Buffer, atMs: number): void {
    if (event.length > this.#maxEventBytes) {
      this.#hasSkipped = true
      return
    }
    const data = dataOf(event.toString())
    if (data !== '') this.#sink.onData(data, atMs)
  }
}

function find(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return pattern.exec(text)?.index ?? -1
}

/** A byte order mark is allowed at the start of a stream; anywhere else it is let pass too. */
function dataOf(event: string): string {
  const lines = event.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)
  const data = lines.filter((line) => line === 'data' || line.startsWith('data:'))
  return data.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n')
}
