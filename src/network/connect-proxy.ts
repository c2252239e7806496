import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import type { SecureContext } from 'node:tls'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { ForwardProxy } from './forward-proxy.ts'
import { portOf } from './forward-proxy.ts'
import { refusalOf } from './proxy-refusal.ts'
import { isTlsFault } from './verification.ts'

export interface TunnelOptions {
  /** For a proxy that is spoken to over TLS. */
  readonly secureContext: SecureContext | undefined
  /** Gives up. */
  readonly signal: AbortSignal
}

/**
 * Opens a connection to an upstream through a proxy (CONNECT, RFC 9110 section 9.3.6). Node's own HTTP client does the
 * work: https-proxy-agent is an agent of its own, and shows a client the page of a proxy that refuses as the answer of
 * the upstream; proxy-from-env knows only the variables of the process.
 * @throws GatewayError PROXY_UNREACHABLE, PROXY_TLS, PROXY_AUTH, PROXY_REFUSED, PROXY_FAILED
 */
export function openTunnel(proxy: ForwardProxy, upstream: URL, options: TunnelOptions): Promise<Socket> {
  const target = `${upstream.hostname}:${portOf(upstream)}`
  const connect = proxy.url.protocol === 'https:' ? requestTls : request
  const outgoing = connect({
    ...addressOf(proxy.url),
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: {
      Host: target,
      'User-Agent': 'claude-gw',
      ...(proxy.authorization && { 'Proxy-Authorization': proxy.authorization }),
    },
    rejectUnauthorized: true,
    ...options,
  })
  // It would be about the tunnel, which is to stay.
  outgoing.removeHeader('Connection')
  return new Promise((resolve, reject) => {
    outgoing.on('error', (error) => reject(failureOf(error, proxy)))
    outgoing.on('connect', (answer, socket, head) => {
      const refusal = isOpen(answer, head) ? undefined : refusalOf(answer, proxy, target)
      // Nobody listens yet.
      socket.on('error', () => {})
      if (!refusal) return resolve(socket)
      socket.destroy()
      reject(refusal)
    })
    outgoing.end()
  })
}

/** The name goes into SNI and is verified; by itself Node would take that of the header Host, which is the upstream's. */
function addressOf(url: URL): object {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { host, port: portOf(url), servername: isIP(host) ? '' : host }
}

/** Nobody speaks in a tunnel before its client does. */
function isOpen({ statusCode = 0 }: IncomingMessage, head: Buffer): boolean {
  return statusCode >= 200 && statusCode < 300 && head.length === 0
}

function failureOf(error: Error, { url, origin }: ForwardProxy): Error {
  const code = isTlsFault(error) ? 'PROXY_TLS' : 'PROXY_UNREACHABLE'
  return new GatewayError(code, { proxy: url.origin, origin, reason: reasonOf(error) }, error)
}
