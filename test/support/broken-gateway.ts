import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as requestHttp } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { ModelApi } from './model-api.ts'
import { API_KEY } from './model-api.ts'

/** The key that it takes from its own clients. */
export const GATEWAY_KEY = 'canary-key-of-the-gateway'

export interface Passing {
  readonly method: string
  path: string
  readonly headers: IncomingHttpHeaders
  body: Buffer
}

/** What is wrong with a gateway; what it does not name, it does right. */
export interface Fault {
  /** Answers itself, before the request goes on; true if it did. */
  readonly answer?: (
    request: Passing,
    response: ServerResponse,
    incoming: IncomingMessage,
  ) => boolean | Promise<boolean>
  /** Changes what goes on. */
  readonly change?: ((request: Passing) => void) | undefined
  /** Hands the answer of the API on. */
  readonly handOn?: (
    answer: IncomingMessage,
    response: ServerResponse,
    request: Passing,
  ) => void | Promise<void>
  /** The key that it shows to the API. */
  readonly providerKey?: string
  /** Which header of its clients it looks into, if not into both that are usual. */
  readonly looksInto?: string
}

/** A gateway in front of the API, with one fault. */
export async function startBrokenGateway(api: ModelApi, fault: Fault = {}): Promise<string> {
  const server = createServer((incoming, response) => {
    void pass(incoming, response, api, fault).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function pass(incoming: IncomingMessage, response: ServerResponse, api: ModelApi, fault: Fault) {
  const request: Passing = {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: { ...incoming.headers },
    body: Buffer.alloc(0),
  }
  if (!isKnown(incoming, fault)) return refuse(response)
  if (await fault.answer?.(request, response, incoming)) return
  request.body = await buffer(incoming)
  if (await fault.answer?.(request, response, incoming)) return
  fault.change?.(request)
  const answer = await ask(api, request, fault.providerKey ?? API_KEY)
  await (fault.handOn ?? handOn)(answer, response, request)
}

function isKnown({ headers }: IncomingMessage, { looksInto }: Fault): boolean {
  const names = looksInto ? [looksInto] : ['authorization', 'x-api-key']
  return names.some((name) => String(headers[name]).endsWith(GATEWAY_KEY))
}

function refuse(response: ServerResponse): void {
  response.writeHead(401, { 'content-type': 'application/json', server: 'gateway' })
  response.end(JSON.stringify({ message: 'Unauthorized' }))
}

async function ask({ port }: ModelApi, { method, path, headers, body }: Passing, key: string) {
  const { authorization: _bearer, host: _host, connection: _connection, ...others } = headers
  const own = { ...others, 'x-api-key': key, 'content-length': String(body.length) }
  const outgoing = requestHttp({ port, host: '127.0.0.1', method, path, headers: own, agent: false })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return answer
}

export function handOn(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.pipe(response)
}
