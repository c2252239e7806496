import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** How a connection ended, seen from the client. `open` if it was still there when we stopped to look. */
export type Ending = 'fin' | 'rst' | 'open'

export interface RawReply {
  /** Every byte that came back. */
  readonly bytes: Buffer
  /** The same as latin1 text. */
  readonly text: string
  readonly ending: Ending
}

/**
 * Sends these bytes as they are and gives back what came, until the other side ends the connection or is
 * silent for `silenceMs`.
 */
export async function sendRaw(port: number, bytes: string | Buffer, silenceMs = 500): Promise<RawReply> {
  const connection = await openRaw(port)
  await connection.send(bytes)
  const reply = await connection.settled(silenceMs)
  connection.destroy()
  return reply
}

/** A connection to send on step by step. The test must destroy it. */
export async function openRaw(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true })
  await once(socket, 'connect')
  return new RawConnection(socket)
}

export class RawConnection {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #ending: Ending = 'open'
  #notify: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.#chunks.push(bytes)
      this.#notify()
    })
    socket.on('end', () => this.#end('fin'))
    socket.on('error', () => this.#end('rst'))
  }

  /** Settles when the bytes are handed to the kernel, or cannot be any more. */
  send(bytes: string | Buffer): Promise<void> {
    const whole = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    return new Promise((resolve) => {
      this.#socket.write(whole, () => resolve())
    })
  }

  /** Ends our direction (FIN); the other one stays open. */
  finish(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Stops reading, so that the other side meets backpressure. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** What has come so far. */
  reply(): RawReply {
    const bytes = Buffer.concat(this.#chunks)
    return { bytes, text: bytes.toString('latin1'), ending: this.#ending }
  }

  /** What has come when `isEnough` says so, the connection ends, or nothing came for `silenceMs`. */
  async until(isEnough: (reply: RawReply) => boolean, silenceMs = 5000): Promise<RawReply> {
    while (this.#ending === 'open' && !isEnough(this.reply())) {
      if ((await this.#change(silenceMs)) === 'silence') break
    }
    return this.reply()
  }

  /** What has come when the connection ends, or is silent for `silenceMs` after the first byte (5 s before it). */
  async settled(silenceMs: number): Promise<RawReply> {
    await this.until(({ bytes }) => bytes.length > 0)
    return this.until(() => false, silenceMs)
  }

  #change(silenceMs: number): Promise<'change' | 'silence'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('silence'), silenceMs)
      this.#notify = () => {
        clearTimeout(timer)
        resolve('change')
      }
    })
  }

  #end(ending: Ending): void {
    if (this.#ending === 'open') this.#ending = ending
    this.#notify()
  }
}
