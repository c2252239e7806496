import { GrowingBuffer } from './growing-buffer.ts'

/** Who is told of the events. */
export interface EventSink {
  /** What an event must contain to be read at all: global, and matched against its bytes as Latin-1. */
  readonly wanted: RegExp
  /** The data of an event, and the arrival of the chunk that completed it (monotonic ms). */
  onData(data: string, atMs: number): void
}

export interface SseReader {
  push(chunk: Buffer, atMs: number): void
  /** Reads what is left although no blank line closed it, as some servers end. */
  end(atMs: number): void
  /** Whether an event was longer than the cap, and so was not read. */
  readonly hasSkipped: boolean
}

const MAX_EVENT_BYTES = 4 * 1024 ** 2
/** How much of a chunk is joined at once to an event that began in an earlier one. */
const SEAM_BYTES = 4096
/** A blank line that is not complete yet: at most `\r\n\r`. */
const BLANK_LINE_BYTES = 3
const LF = 0x0a
const CR = 0x0d

/**
 * Reads a stream of server-sent events as WHATWG HTML section 9.2.6 says, cut into chunks at any byte; lines
 * end in LF, CRLF or CR. Only events that contain what the sink wants are decoded and split: the search for it
 * runs over whole chunks, and bytes are copied only where an event spans two of them.
 */
export function createSseReader(sink: EventSink, maxEventBytes = MAX_EVENT_BYTES): SseReader {
  const unfinished = new GrowingBuffer()
  let isSkipping = false
  let hasSkipped = false

  function push(chunk: Buffer, atMs: number): void {
    let rest = chunk
    while (unfinished.length > 0 && rest.length > 0) rest = joinSeam(rest, atMs)
    const end = lastEventEnd(rest, rest.length)
    readEvents(rest.subarray(0, end), atMs)
    keep(rest.subarray(end))
  }

  /** Completes the unfinished event from `chunk`; gives what was not needed for that. */
  function joinSeam(chunk: Buffer, atMs: number): Buffer {
    const seam = unfinished.length
    unfinished.append(chunk.subarray(0, SEAM_BYTES))
    const end = firstEventEnd(unfinished.view(), Math.max(0, seam - BLANK_LINE_BYTES))
    if (end === -1) {
      limit()
      return chunk.subarray(SEAM_BYTES)
    }
    if (!isSkipping) readEvents(unfinished.view().subarray(0, end), atMs)
    isSkipping = false
    unfinished.clear()
    return chunk.subarray(end - seam)
  }

  function keep(rest: Buffer): void {
    if (rest.length === 0) return
    unfinished.append(rest)
    limit()
  }

  /** Holds no more than the cap: of a longer event only so much that its end is recognised. */
  function limit(): void {
    if (unfinished.length <= maxEventBytes && !isSkipping) return
    const tail = Buffer.from(unfinished.view().subarray(-BLANK_LINE_BYTES))
    unfinished.clear()
    unfinished.append(tail)
    isSkipping = true
    hasSkipped = true
  }

  /** Reads the wanted ones of whole events. */
  function readEvents(events: Buffer, atMs: number): void {
    const text = events.toString('latin1')
    let at = 0
    while (at < events.length) {
      const match = find(sink.wanted, text, at)
      if (match === -1) return
      const start = Math.max(at, lastEventEnd(events, match))
      const end = firstEventEnd(events, match)
      at = end === -1 ? events.length : end
      readEvent(events.subarray(start, at), atMs)
    }
  }

  function readEvent(event: Buffer, atMs: number): void {
    if (event.length > maxEventBytes) {
      hasSkipped = true
      return
    }
    const data = dataOf(event.toString())
    if (data !== '') sink.onData(data, atMs)
  }

  function end(atMs: number): void {
    if (!isSkipping) readEvents(unfinished.view(), atMs)
    unfinished.clear()
  }

  return {
    push,
    end,
    get hasSkipped() {
      return hasSkipped
    },
  }
}

function find(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return pattern.exec(text)?.index ?? -1
}

/** Where the last blank line before `limit` ends; 0 if there is none. */
function lastEventEnd(bytes: Buffer, limit: number): number {
  for (let at = limit - 1; at > 0; at--) {
    if (isBlankLineAt(bytes, at)) return at + 1
  }
  return 0
}

/** Where the first blank line that ends behind `start` ends; -1 if there is none. */
function firstEventEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (isBlankLineAt(bytes, at)) return at + 1
  }
  return -1
}

/** Whether the line end at `at` ends an empty line. A CR cut off from its LF leaves an empty line, which is harmless. */
function isBlankLineAt(bytes: Buffer, at: number): boolean {
  if (!isLineEnd(bytes[at])) return false
  const isPair = bytes[at] === LF && bytes[at - 1] === CR
  return isLineEnd(bytes[at - (isPair ? 2 : 1)])
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR
}

/** A byte order mark is allowed at the start of a stream; anywhere else it is let pass too. */
function dataOf(event: string): string {
  const lines = event.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)
  const data = lines.filter((line) => line === 'data' || line.startsWith('data:'))
  return data.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n')
}
