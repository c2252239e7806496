import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoMessage } from './message.ts'
import { eventsOf } from './message.ts'

const REQUESTS_PER_MINUTE = 50

/** The headers that every answer of the API carries (https://platform.claude.com/docs/en/api/rate-limits). */
export function standardHeaders(requestNumber: number): Map<string, string> {
  const remaining = Math.max(0, REQUESTS_PER_MINUTE - requestNumber)
  return new Map([
    ['request-id', requestId(requestNumber)],
    ['anthropic-organization-id', 'claude-gw-demo'],
    ['anthropic-ratelimit-requests-limit', String(REQUESTS_PER_MINUTE)],
    ['anthropic-ratelimit-requests-remaining', String(remaining)],
    ['anthropic-ratelimit-requests-reset', new Date(Date.now() + 60_000).toISOString()],
  ])
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** An error in the API's envelope (https://platform.claude.com/docs/en/api/errors). */
export function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  const request_id = response.getHeader('request-id')
  sendJson(response, status, { type: 'error', error: { type, message }, request_id })
}

/** Sends the answer as server-sent events, with a pause between them, until the client leaves. */
export async function sendStream(
  response: ServerResponse,
  message: DemoMessage,
  pauseMs: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  for (const event of eventsOf(message)) {
    if (response.destroyed) return
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    await delay(pauseMs)
  }
  response.end()
}

function requestId(requestNumber: number): string {
  return `req_demo_${String(requestNumber).padStart(4, '0')}`
}
