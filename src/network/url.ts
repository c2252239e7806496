import { GatewayError } from '../base/errors.ts'

/** The API or gateway behind us, fixed at start. */
export interface Upstream {
  readonly url: URL
  /** Path before every request path: empty, or `/team/a` without a final slash. */
  readonly prefix: string
  /** Origin and prefix, for people and for the record. */
  readonly name: string
  readonly isAnthropic: boolean
}

/** What Claude Code adds itself. */
const ADDED = /\/v1(\/messages(\/count_tokens)?)?$/

/**
 * Reads the URL of an upstream. A trailing slash, and a final `/v1`, `/v1/messages` or `/v1/messages/count_tokens` are folded,
 * since Claude Code adds them itself. Plain http is for this machine only, unless `allowHttp`.
 * @param origin where the text stands, for the error
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function parseUpstream(text: string, allowHttp: boolean, origin: string): Upstream {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw badValue(origin, 'a URL such as https://gateway.example/claude', text)
  }
  if (url.username || url.password || url.search || url.hash) {
    throw badValue(origin, 'a URL without user name, password, query and fragment', url.origin)
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw badValue(
      origin,
      'an https URL (plain http sends your prompts and key in the clear; CLAUDE_GW_ALLOW_HTTP=true allows it)',
      text,
    )
  }
  const prefix = foldedPath(url.pathname)
  return { url, prefix, name: url.origin + prefix, isAnthropic: url.hostname === 'api.anthropic.com' }
}

/** Without what Claude Code adds to the path of an upstream itself. */
export function foldedPath(path: string): string {
  return path.replace(/\/+$/, '').replace(ADDED, '')
}

/** Whether a host name means this machine: localhost, 127.0.0.0/8 or ::1 (RFC 6761 section 6.3, RFC 1122). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** A user name, a password and a query can be secrets; what stands before an `@` may be part of a password that holds a `/`. */
function badValue(origin: string, expected: string, text: string): GatewayError {
  const shown = text.replace(/^[\s\S]*@/, '').replace(/[?#][\s\S]*$/, '')
  return new GatewayError('CONFIG_BAD_VALUE', { origin, key: 'upstream', expected, value: `"${shown}"` })
}
