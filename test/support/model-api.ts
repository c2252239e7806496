import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { eventsOf, messageOf } from '../../src/demo/message.ts'
import type { ServerIdentity } from './throwaway-ca.ts'

/** The key that it takes, as `x-api-key` or as bearer. */
export const API_KEY = 'canary-key-of-the-provider'

const FIELDS = [
  ...['model', 'max_tokens', 'messages', 'system', 'tools', 'stream', 'metadata', 'thinking', 'temperature'],
  ...['context_management', 'output_config'],
]
const MODELS = ['claude-opus-4-8', 'claude-opus-5-5', 'claude-haiku-4-5']
const LARGEST_BYTES = 32 * 1024 ** 2
const LONGEST_PROMPT_BYTES = 4 * 1024 ** 2
const STREAM_MS = 2_000

export interface ModelApiOptions {
  /** How long a streamed answer takes. */
  readonly streamMs?: number
  /** How long each token takes of an answer that is not streamed; it has as many as may be. */
  readonly tokenMs?: number
  /** With it, TLS is spoken. */
  readonly identity?: ServerIdentity
}

export interface ModelApi {
  readonly url: string
  readonly port: number
}

/**
 * A server that treats requests as the API does, as far as a check can tell: who is let in, what it finds wrong and in
 * which words, counts, models, and a stream that takes its time.
 */
export async function startModelApi(options: ModelApiOptions = {}): Promise<ModelApi> {
  const { identity } = options
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('request-id', 'req_011CTest')
    void answer(request, response, options).catch(() => response.destroy())
  }
  const server = identity ? createTlsServer(identity, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { url: `${identity ? 'https' : 'http'}://127.0.0.1:${port}`, port }
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ModelApiOptions) {
  const body = await buffer(request)
  const { headers } = request
  const path = request.url?.replace(/\?.*/, '')
  if (!isLetIn(request)) return refuse(response, 401, 'authentication_error', 'invalid x-api-key')
  if (request.method === 'GET' && path === '/v1/models')
    return send(response, 200, {
      data: MODELS.map((id) => ({ type: 'model', id, display_name: id })),
      has_more: false,
    })
  const isCount = path === '/v1/messages/count_tokens'
  if (request.method !== 'POST' || !(isCount || path === '/v1/messages'))
    return refuse(response, 404, 'not_found_error', 'Not Found')
  if (body.length > LARGEST_BYTES)
    return refuse(response, 413, 'request_too_large', 'Request exceeds the maximum size')
  const asked = parse(body)
  if (!asked) return refuse(response, 400, 'invalid_request_error', 'The request body is not valid JSON')
  const fault = faultOf(asked, isCount, headers)
  if (fault) return refuse(response, 400, 'invalid_request_error', fault)
  if (!MODELS.includes(String(asked['model'])))
    return refuse(response, 404, 'not_found_error', `model: ${String(asked['model'])}`)
  if (isCount)
    return send(response, 200, {
      input_tokens: 8,
      ...(asked['context_management'] ? { context_management: { original_input_tokens: 8 } } : {}),
    })
  if (body.length > LONGEST_PROMPT_BYTES)
    return refuse(
      response,
      400,
      'invalid_request_error',
      'prompt is too long: 1048576 tokens > 200000 maximum',
    )
  if (asked['stream'] === true) return stream(response, String(asked['model']), options.streamMs ?? STREAM_MS)
  await delay(Number(asked['max_tokens']) * (options.tokenMs ?? 0))
  return send(response, 200, message(String(asked['model'])))
}

function isLetIn({ headers }: IncomingMessage): boolean {
  return headers['x-api-key'] === API_KEY || headers.authorization === `Bearer ${API_KEY}`
}

/** The first thing that is wrong, as the API words it. */
function faultOf(
  asked: Record<string, unknown>,
  isCount: boolean,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (!headers['anthropic-version']) return 'anthropic-version: header is required'
  const betas = String(headers['anthropic-beta'] ?? '')
  const strange = Object.keys(asked).find((name) => !FIELDS.includes(name))
  if (strange) return `${strange}: Extra inputs are not permitted`
  if ('context_management' in asked && !betas.includes('context-management-'))
    return 'context_management: Extra inputs are not permitted'
  if (isCount) return undefined
  if (typeof asked['max_tokens'] !== 'number') return 'max_tokens: Field required'
  return asked['max_tokens'] < 1 ? 'max_tokens: Input should be greater than or equal to 1' : undefined
}

function message(model: string) {
  const text = Array.from({ length: 120 }, (_, index) => index + 1).join('\n')
  return messageOf({ kind: 'text', text }, { model, messages: [] }, 8, 'zoo')
}

async function stream(response: ServerResponse, model: string, streamMs: number): Promise<void> {
  const events = eventsOf(message(model))
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  for (const event of [events[0], { type: 'ping' } as const, ...events.slice(1)]) {
    response.write(`event: ${event?.type}\ndata: ${JSON.stringify(event)}\n\n`)
    await delay(streamMs / (events.length + 1))
  }
  response.end()
}

function send(response: ServerResponse, status: number, value: object): void {
  const limits = {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
  }
  response.writeHead(status, { 'content-type': 'application/json', ...limits }).end(JSON.stringify(value))
}

function refuse(response: ServerResponse, status: number, type: string, text: string): void {
  send(response, status, { type: 'error', error: { type, message: text }, request_id: 'req_011CTest' })
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(String(body)) as Record<string, unknown>
  } catch {
    return undefined
  }
}
