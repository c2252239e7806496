import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { UpstreamAgent } from './agent.ts'
import type { Upstream } from './url.ts'

/** A request of our own. */
export interface Inquiry {
  readonly method: 'GET' | 'POST'
  /** Below the upstream's own. */
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Buffer
}

export interface InquiryAnswer {
  readonly status: number
  readonly location: string | undefined
  /** Its beginning, where it is longer than any answer that makes sense. */
  readonly body: string
}

export interface InquiryLimits {
  readonly connectMs: number
  /** For the whole answer, from the moment the connection stands. */
  readonly answerMs: number
}

const MAX_ANSWER_BYTES = 1024 ** 2
const LARGE_BODY_BYTES = 256 * 1024
const REFUSAL_MS = 500

/**
 * Sends a request over a connection of its own, and gives the answer whatever it says; redirects are not followed.
 * @throws GatewayError UPSTREAM_TLS, PROXY_*, or that of a passphrase; a plain Error if there is no answer
 */
export function inquire(
  upstream: Upstream,
  agent: UpstreamAgent,
  inquiry: Inquiry,
  limits: InquiryLimits,
): Promise<InquiryAnswer> {
  return withAnswer(upstream, agent, inquiry, limits, async (answer) => {
    const { statusCode = 0, headers } = answer
    return { status: statusCode, location: headers.location, body: await readStart(answer) }
  })
}

/**
 * Sends a request in the same way, and lets its answer be read as it comes.
 * @param read is given the answer with its head, which is broken off when the limit is over
 */
export async function withAnswer<T>(
  upstream: Upstream,
  agent: UpstreamAgent,
  inquiry: Inquiry,
  limits: InquiryLimits,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  await agent.ready()
  const ask = upstream.url.protocol === 'https:' ? requestTls : request
  const outgoing = ask(upstream.url, {
    agent: agent.agent,
    method: inquiry.method,
    path: upstream.prefix + inquiry.path,
    headers: { ...inquiry.headers, Connection: 'close' },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const limit = (what: string, limitMs: number) => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          const error = new Error(`no ${what} within ${limitMs / 1000} s`)
          outgoing.destroy(error)
          // Without a connection, Node does not tell it.
          reject(error)
        }, limitMs)
      }
      limit('connection', limits.connectMs)
      outgoing.once('socket', () => limit('answer', limits.answerMs))
      outgoing.once('response', resolve).on('error', reject)
      send(outgoing, inquiry.body)
    })
    return await read(answer)
  } finally {
    clearTimeout(timer)
    outgoing.destroy()
  }
}

/** Some refuse a body by its length, and close: what they say is lost to one that is still writing. */
function send(outgoing: ClientRequest, body: string | Buffer): void {
  if (body.length < LARGE_BODY_BYTES) {
    outgoing.end(body)
    return
  }
  outgoing.flushHeaders()
  const timer = setTimeout(() => outgoing.end(body), REFUSAL_MS)
  outgoing.once('response', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
}

async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString()
}
