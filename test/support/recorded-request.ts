import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What an upstream saw of one request, growing while it arrives. Times are `performance.now()`. */
export class RecordedRequest {
  readonly method: string
  /** The request target as it stood in the request line. */
  readonly target: string
  readonly httpVersion: string
  /** Name and value of every header line: order, case and duplicates as on the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** 1 for the first connection this upstream accepted. */
  readonly connection: number
  /** 1 for the first request on its connection. */
  readonly requestOnConnection: number
  readonly headAtMs: number
  readonly chunks: { readonly atMs: number; readonly bytes: Buffer }[] = []
  bodyEndAtMs?: number
  /** When the client closed the connection before it had the whole answer. */
  leftAtMs?: number
  /** Settles when the whole body is here; never for one that breaks off. */
  readonly arrived: Promise<void>
  /** Settles with `leftAtMs`; never for a client that waits for its answer. */
  readonly left: Promise<number>
  readonly #incoming: IncomingMessage
  #onLeft: (atMs: number) => void = () => {}

  constructor(incoming: IncomingMessage, connection: number, requestOnConnection: number) {
    this.#incoming = incoming
    this.method = incoming.method ?? ''
    this.target = incoming.url ?? ''
    this.httpVersion = incoming.httpVersion
    this.headers = pairs(incoming.rawHeaders)
    this.connection = connection
    this.requestOnConnection = requestOnConnection
    this.headAtMs = performance.now()
    this.arrived = this.#record(incoming)
    this.left = new Promise((resolve) => {
      this.#onLeft = resolve
    })
  }

  /** The body so far, without chunk framing. */
  get body(): Buffer {
    return Buffer.concat(this.chunks.map((chunk) => chunk.bytes))
  }

  /** Of the body so far, in hex. */
  get sha256(): string {
    return createHash('sha256').update(this.body).digest('hex')
  }

  /** The values of every header line of that name, in order. */
  values(name: string): string[] {
    return this.headers.filter((header) => header[0].toLowerCase() === name.toLowerCase()).map(([, v]) => v)
  }

  /** Settles when so many body bytes are here. */
  received(byteCount: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.body.length < byteCount) return
        this.#incoming.off('data', check)
        resolve()
      }
      this.#incoming.on('data', check)
      check()
    })
  }

  clientLeft(): void {
    this.leftAtMs = performance.now()
    this.#onLeft(this.leftAtMs)
  }

  #record(incoming: IncomingMessage): Promise<void> {
    incoming.on('data', (bytes: Buffer) => this.chunks.push({ atMs: performance.now(), bytes }))
    incoming.on('error', () => {})
    return new Promise((resolve) => {
      incoming.on('end', () => {
        this.bodyEndAtMs = performance.now()
        resolve()
      })
    })
  }
}

function pairs(flat: readonly string[]): (readonly [string, string])[] {
  const list: (readonly [string, string])[] = []
  for (let index = 0; index < flat.length; index += 2) list.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return list
}
