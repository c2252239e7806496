import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Fault, Passing } from './broken-gateway.ts'

/** Whether a model is asked. */
export const isMessage = ({ path }: Passing) => path.startsWith('/v1/messages?')
/** Whether a streamed answer is wanted. */
export const isStream = ({ body }: Passing) => body.includes('"stream":true')

/** Whether it is the question that takes minutes. */
export const isLongSilence = ({ body }: Passing) => body.includes('"max_tokens":4000')

/** Changes the JSON of a body. */
export function rewritten(
  change: (body: Record<string, unknown>) => Record<string, unknown>,
): NonNullable<Fault['change']> {
  return (request) => {
    if (request.body.length > 0)
      request.body = Buffer.from(JSON.stringify(change(JSON.parse(String(request.body)))))
  }
}

/** Hands on what a change makes of the whole answer. */
export function changed(
  change: (
    body: string,
    answer: IncomingMessage,
    request: Passing,
  ) => { status?: number; type?: string; body: string | Buffer; headers?: object },
): NonNullable<Fault['handOn']> {
  return async (answer, response, request) => {
    const { 'content-length': _length, ...headers } = answer.headers
    const made = change(String(await buffer(answer)), answer, request)
    response.writeHead(made.status ?? answer.statusCode ?? 502, {
      ...headers,
      ...(made.type && { 'content-type': made.type }),
      ...made.headers,
    })
    response.end(made.body)
  }
}

/** Hands on a stream piece by piece. */
export function streamed(each: (piece: string) => string | undefined): NonNullable<Fault['handOn']> {
  return async (answer, response) => {
    const { 'content-length': _length, ...headers } = answer.headers
    response.writeHead(answer.statusCode ?? 502, headers)
    for await (const piece of answer) {
      const out = each(String(piece))
      if (out === undefined) return void response.destroy()
      response.write(out)
    }
    response.end()
  }
}

/** Answers at once. */
export const reply = (response: ServerResponse, status: number, type: string, body: string): true => {
  response.writeHead(status, { 'content-type': type, connection: 'close' }).end(body)
  return true
}

/** Hands on the beginning of a stream. */
export async function cutAt(
  answer: IncomingMessage,
  response: ServerResponse,
  how: 'clean' | 'cut',
): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  let count = 0
  for await (const piece of answer) {
    response.write(piece)
    if (++count === 12) break
  }
  if (how === 'clean') response.end()
  else response.destroy()
}

/** Hands on so many bytes at a time, and what remains at the end. */
export function lumps(bytes: number): NonNullable<Fault['handOn']> {
  return async (answer, response) => {
    let kept = ''
    const { 'content-length': _length, ...headers } = answer.headers
    response.writeHead(answer.statusCode ?? 502, headers)
    for await (const piece of answer) {
      kept += piece
      while (kept.length >= bytes) {
        response.write(kept.slice(0, bytes))
        kept = kept.slice(bytes)
      }
    }
    response.end(kept)
  }
}
