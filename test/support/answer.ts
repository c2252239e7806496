import { STATUS_CODES } from 'node:http'

/** An HTTP answer to send, down to its framing. */
export interface Answer {
  readonly status: number
  /** As they shall stand on the wire; a framing header is added unless one is here. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly framing: 'length' | 'chunked' | 'until-close'
  /** Body bytes per write and per chunk; all at once if absent. */
  readonly chunkBytes?: number
  /** Between two writes. */
  readonly pauseMs?: number
  /** Sent after a chunked body. */
  readonly trailers?: readonly (readonly [name: string, value: string])[]
}

export type AnswerParts = Partial<Omit<Answer, 'body'>> & { readonly body?: Buffer | string }

const DEFAULTS: Answer = {
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{"ok":true}'),
  framing: 'length',
}

/** A whole answer from the parts that matter to a test; the default is a small JSON document. */
export function answerOf(parts: AnswerParts = {}): Answer {
  return { ...DEFAULTS, ...parts, body: Buffer.from(parts.body ?? DEFAULTS.body) }
}

/** An error in the API's envelope. */
export function apiErrorAnswer(
  status: number,
  type: string,
  message: string,
  headers: Answer['headers'] = [],
): Answer {
  return answerOf({
    status,
    headers: [['content-type', 'application/json'], ['request-id', 'req_fault'], ...headers],
    body: JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_fault' }),
  })
}

/** What a proxy in front of the API says when the API is away. */
export function htmlErrorAnswer(status: number): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`
  return answerOf({
    status,
    headers: [['Content-Type', 'text/html']],
    body: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>\r\n`,
  })
}

export function redirectAnswer(status: number, location: string): Answer {
  return answerOf({ status, headers: [['Location', location]], body: '' })
}

/** The headers of the answer with its framing, as they go out. */
export function headersOf(answer: Answer): Answer['headers'] {
  const names = answer.headers.map(([name]) => name.toLowerCase())
  if (names.includes('content-length') || names.includes('transfer-encoding')) return answer.headers
  if (answer.framing === 'chunked') return [...answer.headers, ['Transfer-Encoding', 'chunked']]
  if (answer.framing === 'until-close') return [...answer.headers, ['Connection', 'close']]
  return [...answer.headers, ['Content-Length', String(answer.body.length)]]
}

/** The head as it goes over the wire, with its empty line. */
export function headBytes(answer: Answer): Buffer {
  const lines = headersOf(answer).map(([name, value]) => `${name}: ${value}\r\n`)
  const statusLine = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}\r\n`
  return Buffer.from(`${statusLine}${lines.join('')}\r\n`, 'latin1')
}

/** The body in the pieces in which it is written, without chunk framing. */
export function piecesOf(answer: Answer): Buffer[] {
  const size = answer.chunkBytes ?? (answer.body.length || 1)
  const pieces: Buffer[] = []
  for (let start = 0; start < answer.body.length; start += size) {
    pieces.push(answer.body.subarray(start, start + size))
  }
  return pieces
}

/** One piece with the framing of the answer around it (RFC 9112, 7.1). */
export function framed(answer: Answer, piece: Buffer): Buffer {
  if (answer.framing !== 'chunked') return piece
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}

/** What stands behind the last piece. */
export function endBytes(answer: Answer): Buffer {
  if (answer.framing !== 'chunked') return Buffer.alloc(0)
  const trailers = (answer.trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`0\r\n${trailers.join('')}\r\n`, 'latin1')
}

/** The whole answer as it goes over the wire. */
export function wireBytes(answer: Answer): Buffer {
  const pieces = piecesOf(answer).map((piece) => framed(answer, piece))
  return Buffer.concat([headBytes(answer), ...pieces, endBytes(answer)])
}
