import type { IncomingMessage } from 'node:http'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Timeouts } from '../config/timeouts.ts'
import { maskRandomWords } from '../exchange/likely-secret.ts'
import { redact } from '../exchange/redact.ts'
import { tlsRemedy } from '../network/tls-remedy.ts'
import type { Upstream } from '../network/url.ts'
import type { Failure } from './attempt.ts'

/**
 * What the client is told when no attempt got an answer.
 * @param upstream with the way to it, for people
 */
export function failureError(failure: Failure, upstream: string, timeouts: Timeouts): GatewayError {
  const { kind, reason, code = '', error } = failure
  if (error) return error
  switch (kind) {
    case 'unreachable':
    case 'refused':
      return new GatewayError('UPSTREAM_UNREACHABLE', { upstream, reason })
    case 'tls':
      return new GatewayError('UPSTREAM_TLS', { upstream, reason, remedy: tlsRemedy(code, reason) })
    case 'dead-socket':
    case 'cut':
      return new GatewayError('UPSTREAM_CUT', { upstream, reason })
    case 'connect-timeout':
      return timeoutError(upstream, 'accept a connection', timeouts.connectMs, 'CONNECT')
    case 'first-byte-timeout':
      return timeoutError(upstream, 'begin an answer', timeouts.firstByteMs, 'FIRST_BYTE')
  }
}

function timeoutError(upstream: string, phase: string, limitMs: number, key: string): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', { upstream, phase, seconds: limitMs / 1000, key })
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Claude Code would follow a redirect with the whole prompt (measured), past this gateway and its credential. */
export function redirectError(answer: IncomingMessage, upstream: Upstream): GatewayError | undefined {
  const { location } = answer.headers
  if (!REDIRECTS.has(answer.statusCode ?? 0) || location === undefined) return undefined
  const target = URL.canParse(location, upstream.name)
    ? new URL(location, upstream.url).origin
    : 'an unreadable URL'
  return new GatewayError('UPSTREAM_REDIRECT', { upstream: upstream.name, target })
}

/** What nobody foresaw. Its text may hold anything, and the client is not to see our secrets. */
export function internalError(error: unknown, secrets: readonly string[]): GatewayError {
  const reason = maskRandomWords(redact(reasonOf(error), secrets).text, { areIdsPublic: true })
  return new GatewayError('INTERNAL', { reason }, error)
}
