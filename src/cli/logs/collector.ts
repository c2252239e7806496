import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { oneLine } from '../../exchange/one-line.ts'
import type { JsonObject } from '../../json/object.ts'
import { isJsonObject } from '../../json/object.ts'
import { createUpstreamAgent } from '../../network/agent.ts'
import type { TimedAnswer } from '../../network/timed-answer.ts'
import { timedAnswer } from '../../network/timed-answer.ts'
import type { Upstream } from '../../network/url.ts'

/** A receiver of OTLP over HTTP. */
export interface Collector {
  /**
   * Sends one request to it, again where it asks for that (https://opentelemetry.io/docs/specs/otlp/#failures-1).
   * @returns what it did not take, which is all where it finds fault with the request itself @throws GatewayError OTLP_REFUSED
   */
  send(signal: 'traces' | 'logs', body: object, count: number): Promise<Remark>
  close(): void
}

/** What a collector says of what it got. */
export interface Remark {
  /** How many items it did not take. */
  readonly rejected: number
  /** In its own words, without secrets; empty where it says nothing. */
  readonly reason: string
}

export interface CollectorOptions {
  readonly upstream: Upstream
  /** Those of OTEL_EXPORTER_OTLP_HEADERS. */
  readonly headers: Readonly<Record<string, string>>
  readonly connection: Pick<Parameters<typeof createUpstreamAgent>[1] & object, 'tls' | 'proxy' | 'connectMs'>
}

const ANSWER_MS = 30_000
const TRIES = 6
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
const RETRYABLE = [429, 502, 503, 504]
const UNFIT = [400, 413, 422]

export function openCollector({ upstream, headers, connection }: CollectorOptions): Collector {
  const agent = createUpstreamAgent(upstream, connection)
  const limits = { connectMs: connection.connectMs ?? 10_000, answerMs: ANSWER_MS }
  const secrets = Object.values(headers)
  return {
    send: (signal, body, count) => {
      const bytes = gzipSync(JSON.stringify(body))
      const own = { ...OWN_HEADERS, host: upstream.url.host, 'content-length': bytes.length }
      const inquiry = {
        method: 'POST',
        path: `/v1/${signal}`,
        headers: { ...headers, ...own },
        body: bytes,
      } as const
      return sendPatiently(() => timedAnswer(upstream, agent, inquiry, limits), { upstream, secrets, count })
    },
    close: () => agent.destroy(),
  }
}

const OWN_HEADERS = {
  'content-type': 'application/json',
  'content-encoding': 'gzip',
  'user-agent': 'claude-gw',
}

interface Sending {
  readonly upstream: Upstream
  readonly secrets: readonly string[]
  readonly count: number
}

async function sendPatiently(
  post: () => Promise<TimedAnswer>,
  { upstream: { name }, secrets, count }: Sending,
): Promise<Remark> {
  let reason = ''
  for (let attempt = 1; ; attempt++) {
    const answer = await post().catch((error: unknown) => {
      reason = reasonOf(error)
      return undefined
    })
    if (answer && answer.status >= 200 && answer.status < 300) return remarkIn(answer, secrets)
    if (answer) reason = `HTTP ${answer.status} ${textOf(answer).slice(0, 200)}`
    // Another one may be fine; this one never will.
    if (answer && UNFIT.includes(answer.status)) return { rejected: count, reason: oneLine(reason, secrets) }
    const canRetry = answer === undefined || RETRYABLE.includes(answer.status)
    if (!canRetry || attempt === TRIES)
      throw new GatewayError('OTLP_REFUSED', { collector: name, reason: oneLine(reason, secrets) })
    await delay(waitMs(answer, attempt))
  }
}

function waitMs(answer: TimedAnswer | undefined, attempt: number): number {
  const seconds = Number(answer?.headers['retry-after'])
  const backOffMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
  return Math.min(seconds > 0 ? seconds * 1000 : backOffMs, LONGEST_WAIT_MS)
}

/** A collector may take a part, and says how many it did not take and why; or it takes all, and warns. */
function remarkIn(answer: TimedAnswer, secrets: readonly string[]): Remark {
  const partial = partialSuccess(answer)
  const message = partial['errorMessage']
  return {
    rejected: Number(partial['rejectedSpans'] ?? partial['rejectedLogRecords'] ?? 0) || 0,
    reason: typeof message === 'string' ? oneLine(message, secrets) : '',
  }
}

function partialSuccess(answer: TimedAnswer): JsonObject {
  try {
    const body: unknown = JSON.parse(textOf(answer))
    const partial = isJsonObject(body) ? body['partialSuccess'] : undefined
    return isJsonObject(partial) ? partial : {}
  } catch {
    return {}
  }
}

function textOf({ pieces }: TimedAnswer): string {
  return Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()
}
