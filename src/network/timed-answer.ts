import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { UpstreamAgent } from './agent.ts'
import type { Certificate } from './certificate.ts'
import { certificateOf } from './certificate.ts'
import type { Inquiry, InquiryLimits } from './inquiry.ts'
import { withAnswer } from './inquiry.ts'
import type { Upstream } from './url.ts'

/** An answer, and when each part of it came: milliseconds since the request was begun. */
export interface TimedAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly headMs: number
  readonly pieces: readonly TimedPiece[]
  readonly endMs: number
  /** `cut` where its connection was lost before its end. */
  readonly ending: 'whole' | 'cut'
  /** Of an upstream with TLS. */
  readonly certificate?: Certificate | undefined
}

export interface TimedPiece {
  readonly atMs: number
  readonly bytes: Buffer
}

/**
 * Sends a request and gives its answer with the times at which it came, as it stands on the wire, whatever it says.
 * @throws as `inquire`
 */
export function timedAnswer(
  upstream: Upstream,
  agent: UpstreamAgent,
  inquiry: Inquiry,
  limits: InquiryLimits,
): Promise<TimedAnswer> {
  const beginMs = performance.now()
  const sinceMs = () => performance.now() - beginMs
  return withAnswer(upstream, agent, inquiry, limits, async (answer) => {
    const headMs = sinceMs()
    const certificate = certificateOf(answer.socket)
    const pieces: TimedPiece[] = []
    const ending = await readAll(answer, (bytes) => pieces.push({ atMs: sinceMs(), bytes }))
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      headMs,
      pieces,
      endMs: sinceMs(),
      ending,
      certificate,
    }
  })
}

async function readAll(
  answer: IncomingMessage,
  onPiece: (bytes: Buffer) => void,
): Promise<TimedAnswer['ending']> {
  try {
    for await (const bytes of answer) onPiece(bytes)
    return answer.complete ? 'whole' : 'cut'
  } catch {
    return 'cut'
  }
}
