import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Answer, AnswerParts } from './answer.ts'
import { answerOf, headersOf, piecesOf, wireBytes } from './answer.ts'
import type { Fault, UpstreamCall } from './fault-upstream.ts'

/** How long written bytes get to reach the other side before the connection is broken behind them. */
const SETTLE_MS = 20

/** Answers once the whole request is here, and keeps the connection. No fault at all. */
export function answer(parts: AnswerParts = {}): Fault {
  const whole = answerOf(parts)
  return async (call) => {
    await call.request.arrived
    await respond(call, whole)
  }
}

/** Answers as soon as the head of the request is here, while the body may be on its way. */
export function answerEarly(parts: AnswerParts = {}): Fault {
  const whole = answerOf(parts)
  return (call) => respond(call, whole)
}

/** The first request meets the first fault, and so on; the last one stays. */
export function inTurn(...faults: readonly [Fault, ...Fault[]]): Fault {
  return (call) => (faults[call.index] ?? faults.at(-1) ?? faults[0])(call)
}

/** Each request meets the fault that is chosen for it, by path for example. */
export function choose(pick: (call: UpstreamCall) => Fault): Fault {
  return (call) => pick(call)(call)
}

/**
 * Sends only the first `byte` bytes of the answer as it stands on the wire, head included, then breaks the
 * connection. 0 is before the head; `headBytes(answerOf(parts)).length` is right behind it. The other side has
 * `settleMs` to act on the bytes before it sees the end.
 */
export function cut(parts: AnswerParts, byte: number, how: 'fin' | 'rst', settleMs = SETTLE_MS): Fault {
  return async (call) => {
    await call.request.arrived
    await writeOut(call.socket, wireBytes(answerOf(parts)).subarray(0, byte))
    await delay(settleMs)
    call.close(how)
  }
}

/** Announces `missing` more body bytes than it sends, and ends with FIN. */
export function shortLength(parts: AnswerParts, missing: number): Fault {
  const whole = answerOf(parts)
  const length = String(whole.body.length + missing)
  return wire(wireBytes({ ...whole, headers: [...whole.headers, ['Content-Length', length]] }), 'fin')
}

/** Sends the first `byte` bytes of the answer as it stands on the wire, then nothing more, and stays open. */
export function stall(parts: AnswerParts, byte: number): Fault {
  return async (call) => {
    await call.request.arrived
    await writeOut(call.socket, wireBytes(answerOf(parts)).subarray(0, byte))
  }
}

/** Exactly these bytes, whatever they are; for what a server library refuses to send. */
export function wire(bytes: Buffer | string, end: 'fin' | 'rst' | 'stay'): Fault {
  return async (call) => {
    await call.request.arrived
    await writeOut(call.socket, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    await delay(SETTLE_MS)
    if (end !== 'stay') call.close(end)
  }
}

/**
 * Answers when `byte` bytes of the request's body have come, without reading further, then closes: a real
 * server that refuses an upload (413) does that.
 */
export function refuseUpload(parts: AnswerParts, byte: number, how: 'fin' | 'rst'): Fault {
  const whole = answerOf(parts)
  const head = { ...whole, headers: [...whole.headers, ['Connection', 'close'] as const] }
  return async (call) => {
    await call.request.received(byte)
    call.incoming.pause()
    await writeOut(call.socket, wireBytes(head))
    await delay(SETTLE_MS)
    call.close(how)
  }
}

/** Serves the first request of a connection, and resets the connection when a second one arrives on it. */
export function dieWhenReused(first: Fault): Fault {
  return (call) => (call.request.requestOnConnection === 1 ? first(call) : call.close('rst'))
}

/** Keeps the connection after the answer, as announced, and closes it `idleMs` later. */
export function closeWhenIdle(parts: AnswerParts, idleMs: number, how: 'fin' | 'rst'): Fault {
  const serve = answer(parts)
  return async (call) => {
    await serve(call)
    await delay(idleMs)
    call.close(how)
  }
}

async function respond({ response }: UpstreamCall, whole: Answer): Promise<void> {
  if (whole.framing === 'until-close') response.shouldKeepAlive = false
  if (whole.trailers) response.addTrailers(whole.trailers.map(([name, value]) => [name, value] as const))
  response.writeHead(whole.status, headersOf(whole).flat())
  for (const piece of piecesOf(whole)) {
    if (!response.write(piece)) await room(response)
    if (response.destroyed) return
    await (whole.pauseMs === undefined ? nextTurn() : delay(whole.pauseMs))
  }
  response.end()
}

async function room(response: ServerResponse): Promise<void> {
  const stop = new AbortController()
  const onClose = () => stop.abort()
  response.once('close', onClose)
  await once(response, 'drain', { signal: stop.signal }).catch(() => {})
  response.off('close', onClose)
}

async function writeOut(socket: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return
  await new Promise<void>((resolve) => {
    socket.write(bytes, () => resolve())
  })
}
