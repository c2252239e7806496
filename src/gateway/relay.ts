import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerTransform } from '../policies/answer-transform.ts'
import { createDecoding } from './decoding.ts'
import { incomingHeaders } from './headers.ts'

export interface RelayObserver {
  /** A chunk as the upstream sent it. */
  onChunk(chunk: Buffer): void
  /** The client is given so many bytes; before any of them is written. */
  onSend(bytes: number): void
  /**
   * Everything but the end of the message is with the client; `deliver` gives it that end. Called once, unless the
   * client leaves first.
   */
  onEnd(ending: 'whole' | 'cut', deliver: () => void): void
}

/** Headers that are no longer true of an answer that is changed, or also decoded. */
const LENGTH = ['content-length']
const LENGTH_AND_CODING = ['content-length', 'content-encoding']

/** What happens to an answer on its way. */
export interface Change {
  readonly transform: AnswerTransform
  /** How the answer is compressed, where it is; the client gets it decoded. */
  readonly coding?: string | undefined
}

/**
 * Hands the upstream's answer to the client, byte for byte and as it comes, unless a policy changes it. The end of the message is held back for the
 * observer: the last bytes of a known length, the terminal chunk, or the head where there is no body. A cut
 * answer never ends cleanly.
 * @param change undefined leaves it as it is
 */
export function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  idleMs: number,
  observer: RelayObserver,
  change?: Change,
): void {
  const transform = change?.transform
  const length = expectedBytes(answer, response, transform)
  const decoding = createDecoding(change?.coding, send, (error) => answer.destroy(error))
  let bytes = 0
  let held: Buffer | undefined
  let isEnded = false
  writeHead(answer, response, change)
  const idleTimer = setTimeout(() => {
    // A paused answer waits for a slow client, which is not the upstream's silence.
    if (answer.isPaused()) idleTimer.refresh()
    else answer.destroy()
  }, idleMs)
  // The head travels with the first bytes when they come at once, and alone when they do not.
  if (length !== 0) setImmediate(() => bytes === 0 && !isEnded && response.flushHeaders())
  answer.on('data', (chunk: Buffer) => {
    observer.onChunk(chunk)
    idleTimer.refresh()
    decoding.write(chunk)
  })
  answer.on('end', () => end(answer.complete ? 'whole' : 'cut'))
  answer.on('error', () => end('cut'))
  answer.on('close', () => end('cut'))
  response.on('close', () => {
    clearTimeout(idleTimer)
    decoding.destroy()
  })
  if (answer.destroyed) end('cut')
  else if (answer.isPaused()) answer.resume()

  function send(chunk: Buffer): void {
    const sent = transform ? attempt(() => transform.push(chunk)) : chunk
    if (!sent || sent.length === 0) return
    bytes += sent.length
    observer.onSend(sent.length)
    if (bytes === length) held = sent
    else if (!response.write(sent)) pauseUntilDrained(answer, response)
  }

  function end(ending: 'whole' | 'cut'): void {
    if (isEnded || response.destroyed) return
    isEnded = true
    clearTimeout(idleTimer)
    decoding.end((isWhole) => finish(isWhole ? ending : 'cut'))
  }

  function finish(ending: 'whole' | 'cut'): void {
    if (response.destroyed) return
    const rest = transform && attempt(() => transform.end())
    if (rest && rest.length > 0) {
      observer.onSend(rest.length)
      response.write(rest)
    }
    observer.onEnd(ending, () => (ending === 'whole' ? response.end(held) : cut(response)))
  }

  /** An answer that cannot be changed as it must be is cut: half of it would be worse. */
  function attempt(change: () => Buffer): Buffer | undefined {
    try {
      return change()
    } catch (error) {
      answer.destroy(error as Error)
      return undefined
    }
  }
}

/** Undefined where only the end of the stream tells. */
function expectedBytes(
  answer: IncomingMessage,
  response: ServerResponse,
  transform: AnswerTransform | undefined,
): number | undefined {
  const { statusCode, headers } = answer
  if (response.req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return 0
  const length = transform ? undefined : headers['content-length']
  return length === undefined || headers['transfer-encoding'] !== undefined ? undefined : Number(length)
}

function writeHead(answer: IncomingMessage, response: ServerResponse, change: Change | undefined): void {
  response.sendDate = false
  response.writeHead(
    answer.statusCode ?? 502,
    answer.statusMessage,
    incomingHeaders(answer.rawHeaders, change && (change.coding === undefined ? LENGTH : LENGTH_AND_CODING)),
  )
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
