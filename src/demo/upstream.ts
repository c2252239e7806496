import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { countTokens, messageOf } from './message.ts'
import { sendError, sendJson, sendStream, standardHeaders } from './reply.ts'
import type { MessagesRequest } from './script.ts'
import { DEMO_CREDENTIAL, sceneFor } from './script.ts'

export interface DemoUpstream {
  /** Origin, without a trailing slash. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** What the upstream remembers between requests. */
interface Memory {
  requests: number
  /** The turns of conversations that have met their rate limit. */
  readonly limitedTurns: Set<string>
  readonly pauseMs: number
}

const MODELS = [
  { type: 'model', id: 'claude-opus-4-8', display_name: 'Claude Opus 4.8' },
  { type: 'model', id: 'claude-haiku-4-5', display_name: 'Claude Haiku 4.5' },
]

/**
 * A server on a free loopback port that speaks the Messages API well enough for Claude Code, with the answers
 * of the script.
 * @param pauseMs between two events of a streamed answer
 */
export async function startDemoUpstream(pauseMs = 20): Promise<DemoUpstream> {
  const memory: Memory = { requests: 0, limitedTurns: new Set(), pauseMs }
  const server = createServer((request, response) => {
    route(request, response, memory).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function route(request: IncomingMessage, response: ServerResponse, memory: Memory): Promise<void> {
  memory.requests += 1
  response.setHeaders(standardHeaders(memory.requests))
  const body = await text(request)
  if (request.method === 'HEAD') return void response.end()
  if (!hasCredential(request)) return sendError(response, 401, 'authentication_error', 'invalid credential')

  const target = `${request.method} ${request.url?.split('?')[0]}`
  if (target === 'POST /v1/messages') return answerMessages(request, body, response, memory)
  if (target === 'POST /v1/messages/count_tokens') {
    return sendJson(response, 200, { input_tokens: countTokens(body) })
  }
  if (target === 'GET /v1/models') return sendJson(response, 200, { data: MODELS, has_more: false })
  sendError(response, 404, 'not_found_error', `there is no ${target}`)
}

function hasCredential({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Bearer ${DEMO_CREDENTIAL}` || headers['x-api-key'] === DEMO_CREDENTIAL
}

async function answerMessages(
  { headers }: IncomingMessage,
  body: string,
  response: ServerResponse,
  memory: Memory,
): Promise<void> {
  const request = parseRequest(body)
  if (!request) return sendError(response, 400, 'invalid_request_error', 'messages: a list is required')

  const scene = sceneFor(request)
  const turn = `${headers['x-claude-code-session-id']} ${request.messages.length}`
  if (scene.kind === 'rate-limit' && !memory.limitedTurns.has(turn)) {
    memory.limitedTurns.add(turn)
    response.setHeader('retry-after', '1')
    return sendError(response, 429, 'rate_limit_error', 'this upstream asks you to wait one second')
  }
  const message = messageOf(scene, request, countTokens(body), `demo_${memory.requests}`)
  if (request.stream === true) await sendStream(response, message, memory.pauseMs)
  else sendJson(response, 200, message)
}

function parseRequest(body: string): MessagesRequest | undefined {
  try {
    const request: Partial<MessagesRequest> | null = JSON.parse(body)
    return Array.isArray(request?.messages) ? (request as MessagesRequest) : undefined
  } catch {
    return undefined
  }
}
