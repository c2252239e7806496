import type { IncomingMessage, ServerResponse } from 'node:http'
import { incomingHeaders } from './headers.ts'

export interface RelayObserver {
  onChunk(chunk: Buffer): void
  /**
   * Everything but the end of the message is with the client; `deliver` gives it that end. Called once, unless the
   * client leaves first.
   */
  onEnd(ending: 'whole' | 'cut', deliver: () => void): void
}

/**
 * Hands the upstream's answer to the client, byte for byte and as it comes. The end of the message is held back for the
 * observer: the last bytes of a known length, the terminal chunk, or the head where there is no body. A cut
 * answer never ends cleanly.
 */
export function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  idleMs: number,
  observer: RelayObserver,
): void {
  const length = expectedBytes(answer, response)
  let bytes = 0
  let held: Buffer | undefined
  let isEnded = false
  writeHead(answer, response)
  const idleTimer = setTimeout(() => {
    // A paused answer waits for a slow client, which is not the upstream's silence.
    if (answer.isPaused()) idleTimer.refresh()
    else answer.destroy()
  }, idleMs)
  // The head travels with the first bytes when they come at once, and alone when they do not.
  if (length !== 0) setImmediate(() => bytes === 0 && !isEnded && response.flushHeaders())
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    observer.onChunk(chunk)
    idleTimer.refresh()
    if (bytes === length) held = chunk
    else if (!response.write(chunk)) pauseUntilDrained(answer, response)
  })
  answer.on('end', () => end(answer.complete ? 'whole' : 'cut'))
  answer.on('error', () => end('cut'))
  answer.on('close', () => end('cut'))
  response.on('close', () => clearTimeout(idleTimer))
  if (answer.destroyed) end('cut')
  else if (answer.isPaused()) answer.resume()

  function end(ending: 'whole' | 'cut'): void {
    if (isEnded || response.destroyed) return
    isEnded = true
    clearTimeout(idleTimer)
    observer.onEnd(ending, () => (ending === 'whole' ? response.end(held) : cut(response)))
  }
}

/** Undefined where only the end of the stream tells. */
function expectedBytes(answer: IncomingMessage, response: ServerResponse): number | undefined {
  const { statusCode, headers } = answer
  if (response.req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return 0
  const length = headers['content-length']
  return length === undefined || headers['transfer-encoding'] !== undefined ? undefined : Number(length)
}

function writeHead(answer: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, incomingHeaders(answer.rawHeaders))
}

function pauseUntilDrained(answer: IncomingMessage, response: ServerResponse): void {
  answer.pause()
  response.once('drain', () => answer.resume())
}

/** Gives the client what came, and then a connection that closes in the middle of the message. */
function cut(response: ServerResponse): void {
  setImmediate(() => {
    // To an HTTP/1.0 client a plain close would be the end of a whole message.
    if (response.req.httpVersion === '1.0') response.socket?.resetAndDestroy()
    else response.socket?.destroySoon()
  })
}
