import type { BodyReader } from './body-reader.ts'
import { JsonBody } from './json-body.ts'
import { StreamBody } from './stream-body.ts'

const STREAM_TYPE = /^text\/event-stream\b/i
/** `text/plain` is what some gateways make of either. */
const READABLE_TYPE = /^text\/(?:event-stream|plain)\b|\bjson\b/i

/** Bytes that can stand before the first one that matters: white space and the byte order mark. */
const LEADING = [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]
const OPEN_BRACE = 0x7b
/** First bytes of `event:`, `data:`, `id:`, `retry:` and a comment. */
const STREAM_START = [...Buffer.from('edir:')]

/** Whether an answer of that type can tell a model, a usage or an API error. */
export function isReadableType(contentType = ''): boolean {
  return contentType === '' || READABLE_TYPE.test(contentType)
}

/** The decoded body of an answer, read as what it is: servers send JSON where a stream was announced. */
export class Answer {
  /** Undefined while, or because, there is nothing in it for us. */
  body: BodyReader | undefined
  /** A stream that its type did not announce. */
  #guess: BodyReader | undefined
  #hasBegun = false

  constructor(contentType = '') {
    if (STREAM_TYPE.test(contentType)) this.body = new StreamBody()
  }

  /** @throws Error where the body cannot be read. */
  push(bytes: Buffer, atMs: number): void {
    const rest = this.#hasBegun ? bytes : this.#begin(bytes)
    if (rest.length > 0) this.body?.push(rest, atMs)
  }

  /** @throws Error where the body cannot be read. */
  end(): void {
    this.body?.end()
    if (this.#guess && !this.#guess.findings.api) this.body = undefined
  }

  #begin(bytes: Buffer): Buffer {
    const start = bytes.findIndex((byte) => !LEADING.includes(byte))
    const first = bytes[start]
    if (first === undefined) return bytes.subarray(bytes.length)
    this.#hasBegun = true
    if (first === OPEN_BRACE) this.body = new JsonBody()
    else if (!this.body && STREAM_START.includes(first)) this.body = this.#guess = new StreamBody()
    return bytes.subarray(start)
  }
}
