import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import httpProxy from 'http-proxy-3'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Timeouts } from '../config/timeouts.ts'
import type { UpstreamAgent } from '../network/agent.ts'
import type { Upstream } from '../network/url.ts'
import { isTlsFault } from '../network/verification.ts'

/** Why there was no answer. */
export interface Failure {
  readonly kind:
    | 'unreachable'
    | 'refused'
    | 'tls'
    | 'dead-socket'
    | 'cut'
    | 'connect-timeout'
    | 'first-byte-timeout'
  readonly reason: string
  /** Of the error, as Node.js has it. */
  readonly code?: string
  /** What was said on the way to the upstream, by a proxy for example. */
  readonly error?: GatewayError
}

export interface AttemptRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly headers: Record<string, string | string[]>
  /** The kept bytes to send; undefined streams the request itself. */
  readonly chunks: readonly Buffer[] | undefined
  readonly onAnswer: (answer: IncomingMessage) => void
  readonly onFailure: (failure: Failure) => void
}

/**
 * Sends a request upstream once and calls `onAnswer` with the head of the answer, or `onFailure`, once. What it
 * returns closes the upstream connection, if an answer is still awaited or under way.
 */
export type Send = (attempt: AttemptRequest) => () => void

/** What is known of an attempt, until it has an answer or failed, and of its connection also afterwards. */
interface Pending {
  readonly attempt: AttemptRequest
  timer: NodeJS.Timeout
  upstreamRequest?: ClientRequest
  connection?: ConnectionFacts
  answer?: IncomingMessage
}

/** A connection as an attempt got it. */
interface ConnectionFacts {
  readonly socket: Socket
  /** It stood already: kept alive after another exchange, or opened ahead. */
  readonly wasIdle: boolean
  readonly takenAtMs: number
  /** What it had brought until then. */
  readonly bytesBefore: number
}

/**
 * The wire to one upstream. http-proxy-3 only moves the bytes here: its own header, error and response handling is
 * off, because its defaults hang on a cut answer, end it cleanly, or lose an injected header under load.
 */
export function createSend(
  upstream: Upstream,
  { agent, wasAhead }: UpstreamAgent,
  timeouts: Pick<Timeouts, 'connectMs' | 'firstByteMs'>,
): Send {
  const pendings = new WeakMap<IncomingMessage, Pending>()
  const used = new WeakSet<Socket>()
  const target = new URL(upstream.url)
  target.pathname = upstream.prefix
  const proxy = httpProxy.createProxyServer({ agent, target, toProxy: true, selfHandleResponse: true })
  proxy.on('proxyReq', (upstreamRequest, request, _response, _options, socket) => {
    const pending = pendings.get(request)
    const wasIdle = used.has(socket) || wasAhead(socket)
    used.add(socket)
    if (pending) beginWait(pending, upstreamRequest, { socket, wasIdle })
    // It waited for a connection until its client had left, or had been told that there is none.
    else upstreamRequest.destroy()
  })
  proxy.on('proxyRes', (answer, request) => {
    const pending = settle(request)
    if (!pending) {
      answer.destroy()
      return
    }
    pending.answer = answer
    pending.attempt.onAnswer(answer)
  })

  /** A connection stands when it comes, and from here the upstream has its time. */
  function beginWait(
    pending: Pending,
    upstreamRequest: ClientRequest,
    { socket, wasIdle }: Pick<ConnectionFacts, 'socket' | 'wasIdle'>,
  ): void {
    const { firstByteMs } = timeouts
    pending.upstreamRequest = upstreamRequest
    pending.connection = { socket, wasIdle, takenAtMs: performance.now(), bytesBefore: socket.bytesRead }
    // Node closes without an error when it gets a switch of protocols that nobody asked for.
    upstreamRequest.once('close', () => fail(pending, { kind: 'cut', reason: 'it sent no HTTP answer' }))
    clearTimeout(pending.timer)
    pending.timer = setTimeout(() => fail(pending, timeout('first-byte-timeout', firstByteMs)), firstByteMs)
  }

  function settle(request: IncomingMessage): Pending | undefined {
    const pending = pendings.get(request)
    if (!pending) return undefined
    pendings.delete(request)
    clearTimeout(pending.timer)
    return pending
  }

  function fail(pending: Pending, failure: Failure): void {
    if (pendings.get(pending.attempt.request) !== pending) return
    settle(pending.attempt.request)
    pending.upstreamRequest?.destroy()
    pending.attempt.onFailure(failure)
  }

  return (attempt) => {
    const { request, response, chunks } = attempt
    const onConnectTimeout = () => fail(pending, timeout('connect-timeout', timeouts.connectMs))
    const pending: Pending = { attempt, timer: setTimeout(onConnectTimeout, timeouts.connectMs) }
    pendings.set(request, pending)
    request.url = attempt.path
    request.headers = attempt.headers as IncomingMessage['headers']
    const options = chunks ? { buffer: Readable.from(chunks, { objectMode: false }) } : {}
    proxy.web(request, response, options, (error) => {
      if (pending.answer) breakOff(pending.answer, error)
      else fail(pending, classify(error, pending))
    })
    return () => {
      settle(request)
      pending.upstreamRequest?.destroy()
    }
  }
}

/** Node ends an answer that lasts until its connection closes cleanly, even when that connection is reset. */
function breakOff(answer: IncomingMessage, error: Error): void {
  if (!answer.complete) answer.destroy(error)
}

function timeout(kind: 'connect-timeout' | 'first-byte-timeout', limitMs: number): Failure {
  return { kind, reason: `nothing for ${limitMs / 1000} s` }
}

const NO_CONNECTION =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ETIMEDOUT)$/

/** The other end's word that it had closed before comes at once; later, the request may have been at work. */
const DEAD_SOCKET_MS = 1_000

function classify(error: Error, { connection }: Pending): Failure {
  const { code = '' } = error as NodeJS.ErrnoException
  const reason = reasonOf(error)
  if (error instanceof GatewayError)
    return { kind: error.canRetry ? 'unreachable' : 'refused', reason, error }
  if (NO_CONNECTION.test(code)) return { kind: 'unreachable', reason }
  if (isTlsFault(error)) return { kind: 'tls', reason, code }
  return { kind: connection && wasDead(connection) ? 'dead-socket' : 'cut', reason }
}

function wasDead({ socket, wasIdle, takenAtMs, bytesBefore }: ConnectionFacts): boolean {
  return wasIdle && socket.bytesRead === bytesBefore && performance.now() - takenAtMs < DEAD_SOCKET_MS
}
