import { GatewayError } from '../base/errors.ts'
import type { Reply } from './reply.ts'
import { errorReply } from './reply.ts'

/** Paths that a gateway answers itself. */
export const OWN_PREFIX = '/_claude-gw/'
export const METRICS_PATH = `${OWN_PREFIX}metrics`
export const HEALTH_PATH = `${OWN_PREFIX}healthz`

/** What a gateway shows of itself; one without it has no such pages. */
export interface OwnPages {
  /** What lets a reader of the metrics in, and nothing else; undefined where only clients of the gateway may. */
  readonly readerToken: string | undefined
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>
}

/** @throws what the metrics throw */
export async function ownReply(pages: OwnPages | undefined, path: string): Promise<Reply> {
  if (path === HEALTH_PATH && pages) return page('ok\n', 'text/plain; charset=utf-8')
  if (path !== METRICS_PATH || !pages) return errorReply(new GatewayError('PAGE_UNKNOWN', { path }))
  const { text, contentType } = await pages.metrics()
  return page(text, contentType)
}

function page(body: string, contentType: string): Reply {
  const length = String(Buffer.byteLength(body))
  const headers = ['content-type', contentType, 'content-length', length, 'cache-control', 'no-store']
  return { status: 200, headers, body }
}
