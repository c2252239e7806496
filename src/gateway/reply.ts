import type { ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { GatewayError } from '../base/errors.ts'
import { PROOF_HEADER } from '../network/proof.ts'

/** An answer of our own. */
export interface Reply {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

/**
 * An error in the API's own envelope, so that Claude Code shows it like one of the API
 * (https://platform.claude.com/docs/en/api/errors). `x-should-retry: false` stops its ten attempts where another
 * one cannot help; `retry-after` says when it can.
 */
export function errorReply(error: GatewayError): Reply {
  const message = `claude-gw: ${error.message}. ${capitalize(error.remedy)}.`
  const body = JSON.stringify({ type: 'error', error: { type: error.type, message } })
  const retry = error.canRetry ? retryAfter(error) : ['x-should-retry', 'false']
  const length = String(Buffer.byteLength(body))
  const allowed = error.status === 405 ? ['allow', 'GET, HEAD'] : []
  const headers = ['content-type', 'application/json', 'content-length', length, ...retry, ...allowed]
  return { status: error.status, headers, body }
}

function retryAfter({ retryAfterSeconds }: GatewayError): readonly string[] {
  return retryAfterSeconds === undefined ? [] : ['retry-after', String(retryAfterSeconds)]
}

/** The answer to a HEAD that is not relayed; only who asks for a proof learns what answers here. */
export function warmUpReply(proof: string | undefined): Reply {
  const headers = ['content-length', '0', ...(proof === undefined ? [] : [PROOF_HEADER, proof])]
  return { status: 200, headers, body: '' }
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(reply.status, STATUS_CODES[reply.status], [...reply.headers])
  response.end(response.req.method === 'HEAD' ? undefined : reply.body)
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
