import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import type { Coding } from './coding.ts'
import { codingOf, SNIFF_BYTES } from './coding.ts'
import { createZstdDecoder } from './zstd.ts'

export interface DecoderEvents {
  /** Decoded bytes, with the arrival of the chunk they came in (monotonic ms). Errors thrown here are faults. */
  onBytes(bytes: Buffer, atMs: number): void
  /** Everything written is decoded, after it was not. */
  onIdle(): void
  /** Decoding failed; no other event follows. */
  onFault(error: Error): void
}

/** A chunk as it came, and when (monotonic ms). */
export interface Arrival {
  readonly chunk: Buffer
  readonly atMs: number
}

/** One coding at work. */
interface Engine {
  readonly isIdle: boolean
  write(arrival: Arrival): void
  destroy(): void
}

/** Against a small body that unfolds to gigabytes. */
const MAX_DECODED_BYTES = 64 * 1024 ** 2
const MAX_BACKLOG_BYTES = 16 * 1024 ** 2

/** Decodes a body, chunk by chunk: at once where it is not compressed, else as the decoder gets to it. */
export class Decoder {
  readonly #contentEncoding: string | undefined
  readonly #events: DecoderEvents
  /** The first chunks, until they tell the coding. */
  #held: Arrival[] = []
  #heldBytes = 0
  #engine: Engine | undefined

  constructor(contentEncoding: string | undefined, events: DecoderEvents) {
    this.#contentEncoding = contentEncoding
    this.#events = events
  }

  /** Whether nothing that was written is still to be decoded. */
  get isIdle(): boolean {
    return this.#engine?.isIdle ?? this.#heldBytes === 0
  }

  /** @throws Error where the coding is unknown, decoding fails at once, or decoding fell too far behind. */
  write(arrival: Arrival): void {
    if (this.#engine) this.#engine.write(arrival)
    else this.#hold(arrival)
  }

  /** No more will be written. A body that ends too soon is no error: what there is of it was decoded. */
  end(): void {
    if (!this.#engine && this.#heldBytes > 0) this.#start()
  }

  destroy(): void {
    this.#engine?.destroy()
  }

  #hold(arrival: Arrival): void {
    this.#held.push(arrival)
    this.#heldBytes += arrival.chunk.length
    if (this.#heldBytes >= SNIFF_BYTES) this.#start()
  }

  #start(): void {
    const held = this.#held
    const chunks = held.map(({ chunk }) => chunk)
    const firstBytes = Buffer.concat(chunks, Math.min(SNIFF_BYTES, this.#heldBytes))
    const engine = createEngine(codingOf(this.#contentEncoding, firstBytes), firstBytes, this.#events)
    this.#engine = engine
    this.#held = []
    for (const arrival of held) engine.write(arrival)
  }
}

function createEngine(coding: Coding, firstBytes: Buffer, events: DecoderEvents): Engine {
  switch (coding) {
    case 'identity':
      return identityEngine(events)
    case 'gzip':
      return streamEngine(zlib.createGunzip(), events)
    case 'deflate':
      return streamEngine(zlib.createInflate(), events)
    case 'deflate-raw':
      return streamEngine(zlib.createInflateRaw(), events)
    case 'br':
      return streamEngine(zlib.createBrotliDecompress(), events)
    case 'zstd':
      return zstdEngine(firstBytes, events)
  }
}

function identityEngine(events: DecoderEvents): Engine {
  return {
    isIdle: true,
    write: ({ chunk, atMs }) => events.onBytes(chunk, atMs),
    destroy: () => {},
  }
}

/** A decoder of node:zlib, which works on other threads, one chunk after the other. */
function streamEngine(stream: Transform, events: DecoderEvents): Engine {
  const count = decodedCounter()
  let waiting: Arrival[] = []
  let backlogBytes = 0
  let isEnded = false

  function write(arrival: Arrival): void {
    if (isEnded) return
    waiting.push(arrival)
    backlogBytes += arrival.chunk.length
    if (backlogBytes > MAX_BACKLOG_BYTES) throw new Error('decoding fell behind')
    stream.write(arrival.chunk, onWritten)
  }
  function onWritten(error?: Error | null): void {
    if (error || isEnded) return
    backlogBytes -= waiting.shift()?.chunk.length ?? 0
    if (waiting.length === 0) events.onIdle()
  }
  function onData(bytes: Buffer): void {
    try {
      count(bytes)
      events.onBytes(bytes, waiting[0]?.atMs ?? 0)
    } catch (error) {
      events.onFault(error as Error)
    }
  }
  /** What stands behind a whole compressed body is never read, nor reported as written. */
  function onEnd(): void {
    isEnded = true
    waiting = []
    events.onIdle()
  }

  stream.on('data', onData).on('end', onEnd).on('error', events.onFault)
  return {
    get isIdle() {
      return waiting.length === 0
    },
    write,
    destroy: () => stream.destroy(),
  }
}

/** Node has zstd from 22.15 and 23.8 on. */
function zstdEngine(firstBytes: Buffer, events: DecoderEvents): Engine {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }
  return createZstdDecompress
    ? streamEngine(createZstdDecompress(), events)
    : scriptZstdEngine(firstBytes, events)
}

function scriptZstdEngine(firstBytes: Buffer, events: DecoderEvents): Engine {
  const count = decodedCounter()
  let chunkAtMs = 0
  const decoder = createZstdDecoder(firstBytes, (bytes) => {
    count(bytes)
    events.onBytes(bytes, chunkAtMs)
  })
  return {
    isIdle: true,
    write({ chunk, atMs }) {
      chunkAtMs = atMs
      decoder.write(chunk)
    },
    destroy: () => {},
  }
}

function decodedCounter(): (bytes: Buffer) => void {
  let decodedBytes = 0
  return (bytes) => {
    decodedBytes += bytes.length
    if (decodedBytes > MAX_DECODED_BYTES) throw new Error(`decoded to over ${MAX_DECODED_BYTES} bytes`)
  }
}
