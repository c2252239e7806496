import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../base/errors.ts'
import { isSame } from '../base/secret.ts'
import { NONCE_HEADER, proofOf } from '../network/proof.ts'
import type { Access } from './access.ts'
import { basePath, secretOf } from './access.ts'
import type { OwnPages } from './own-pages.ts'
import { HEALTH_PATH, METRICS_PATH, OWN_PREFIX } from './own-pages.ts'

/**
 * `pass` with the path to send upstream, `own` with that of a page of the gateway itself, `warm-up` for Claude Code's first request, with a proof of who we are for the
 * one of another claude-gw, or the reason of a refusal.
 */
export type Verdict =
  | { readonly kind: 'pass'; readonly target: string }
  | { readonly kind: 'warm-up'; readonly proof: string | undefined }
  | { readonly kind: 'own'; readonly path: string }
  | { readonly kind: 'refuse'; readonly code: ErrorCode }

/**
 * Decides whether a request may use this gateway. "It comes from this machine" proves nothing: web pages reach
 * loopback ports too (DNS rebinding, CVE-2024-28224, CVE-2025-66414), so Host, Origin and the token are checked.
 * @param pages that the gateway has of its own
 */
export function inspect(
  request: IncomingMessage,
  port: number,
  access: Access,
  pages?: Pick<OwnPages, 'readerToken'>,
): Verdict {
  if (!hasOwnHost(request, port)) return refuse('HOST_FORBIDDEN')
  if (comesFromPage(request)) return refuse('ORIGIN_FORBIDDEN')
  if (request.headers.upgrade !== undefined) return refuse('METHOD_UNSUPPORTED')
  if (isWarmUp(request)) return { kind: 'warm-up', proof: prove(request, port, access) }
  const target = admit(request, access) ?? publicPage(request, pages)
  if (target === undefined)
    return refuse(isForMetrics(request, pages) ? 'METRICS_TOKEN_MISSING' : 'TOKEN_MISSING')
  if (target.startsWith(OWN_PREFIX)) return ownPage(request, target)
  return isPlainPath(target) ? { kind: 'pass', target } : refuse('PATH_FORBIDDEN')
}

function refuse(code: ErrorCode): Verdict {
  return { kind: 'refuse', code }
}

/** Node lets a second Host header through and shows only the first. */
function hasOwnHost({ rawHeaders, headers }: IncomingMessage, port: number): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') count++
  }
  return count === 1 && (headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`)
}

/** `Sec-Fetch-Mode` says nothing: Node's own fetch sends it. */
function comesFromPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  return headers.origin !== undefined || (site !== undefined && site !== 'none' && site !== 'same-origin')
}

/** Claude Code sends a HEAD without credentials at its start, only to open the connection. */
function isWarmUp({ method, headers }: IncomingMessage): boolean {
  return method === 'HEAD' && headers.authorization === undefined && headers['x-api-key'] === undefined
}

function prove({ headers }: IncomingMessage, port: number, access: Access): string | undefined {
  const nonce = headers[NONCE_HEADER]
  return typeof nonce === 'string' ? proofOf(secretOf(access), port, nonce) : undefined
}

/** The request target without our secret prefix; undefined if the request does not prove that it was let in. */
function admit({ url = '', headers }: IncomingMessage, access: Access): string | undefined {
  if (access.kind === 'path') {
    const prefix = basePath(access)
    if (!isSame(url.slice(0, prefix.length), prefix)) return undefined
    const rest = url.slice(prefix.length)
    return rest === '' ? '/' : rest
  }
  const given = [bearerOf(headers), headers['x-api-key']]
  return given.some((value) => typeof value === 'string' && isSame(value, access.token)) ? url : undefined
}

/** That the gateway runs is no secret; what it did is read with a token of its own. */
function publicPage(
  { url, headers }: IncomingMessage,
  pages: Pick<OwnPages, 'readerToken'> | undefined,
): string | undefined {
  if (url === HEALTH_PATH && pages) return url
  const readerToken = pages?.readerToken
  const isReader = readerToken !== undefined && isSame(bearerOf(headers) ?? '', readerToken)
  return url === METRICS_PATH && isReader ? url : undefined
}

function isForMetrics({ url }: IncomingMessage, pages: object | undefined): boolean {
  return url === METRICS_PATH && pages !== undefined
}

function ownPage({ method }: IncomingMessage, path: string): Verdict {
  return method === 'GET' || method === 'HEAD' ? { kind: 'own', path } : refuse('PAGE_READ_ONLY')
}

function bearerOf({ authorization }: IncomingMessage['headers']): string | undefined {
  return authorization?.replace(/^bearer /i, '')
}

/** What is checked is what is sent: no form that a URL parser would turn into another path or host. */
function isPlainPath(target: string): boolean {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  if (!path.startsWith('/') || path.includes('//') || path.includes('\\') || path.includes('#')) return false
  if (/[^\x21-\x7e]/.test(target)) return false
  return !/\/(\.|%2e){1,2}(\/|$)/i.test(path)
}
