import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { ForwardProxy } from '../../src/network/forward-proxy.ts'
import { resolveProxy } from '../../src/network/forward-proxy.ts'
import type { ServerIdentity } from './throwaway-ca.ts'

export interface ConnectProxyOptions {
  /** `user:password` that it asks for. */
  readonly signIn?: string
  /** What it says to a CONNECT instead of opening a tunnel, as it stands on the wire; empty closes at once. */
  readonly refusal?: string
  /** Lets it speak TLS. */
  readonly tls?: ServerIdentity
}

export interface ConnectProxy {
  readonly url: string
  readonly port: number
  /** In the order of their arrival. */
  readonly connects: readonly { readonly target: string; readonly headers: IncomingHttpHeaders }[]
  /** What clients that spoke TLS to it called it (SNI). */
  readonly serverNames: readonly (string | false | null)[]
  /** How many bytes of clients went through its tunnels. */
  readonly carriedBytes: () => number
  readonly openTunnels: () => number
  /** Breaks all tunnels. */
  readonly breakTunnels: () => void
}

/** A real CONNECT proxy on loopback, closed when the test ends. All names lead to 127.0.0.1. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const connects: { target: string; headers: IncomingHttpHeaders }[] = []
  const serverNames: (string | false | null)[] = []
  const tunnels = new Set<Socket>()
  let carriedBytes = 0
  const server: Server = options.tls ? createTlsServer(options.tls) : createServer()
  server.on('secureConnection', ({ servername }: TLSSocket) => serverNames.push(servername))
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    connects.push({ target: request.url ?? '', headers: request.headers })
    client.on('error', () => {})
    const refusal = refusalTo(request, options)
    if (refusal !== undefined) {
      client.end(refusal)
      return
    }
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1')
    tunnels.add(client.on('data', (bytes: Buffer) => (carriedBytes += bytes.length)))
    client.on('close', () => {
      tunnels.delete(client)
      upstream.destroy()
    })
    upstream.on('error', () => client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'))
    upstream.on('close', () => client.destroySoon())
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      client.pipe(upstream).pipe(client)
    })
  })
  const breakTunnels = () => {
    for (const tunnel of tunnels) tunnel.destroy()
  }
  onTestFinished(() => {
    breakTunnels()
    server.close()
    server.closeAllConnections()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    connects,
    serverNames,
    carriedBytes: () => carriedBytes,
    openTunnels: () => tunnels.size,
    breakTunnels,
  }
}

const UNKNOWN_CLIENT =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="a, b"\r\n\r\n'

function refusalTo(
  { headers }: IncomingMessage,
  { refusal, signIn }: ConnectProxyOptions,
): string | undefined {
  if (refusal !== undefined) return refusal
  const expected = signIn && `Basic ${Buffer.from(signIn).toString('base64')}`
  return headers['proxy-authorization'] === expected ? undefined : UNKNOWN_CLIENT
}

/** A proxy as HTTPS_PROXY would name it. */
export function proxyAt(url: string): ForwardProxy {
  const input = {
    value: 'auto',
    origin: 'default',
    env: { HTTPS_PROXY: url },
    originOf: (name: string) => name,
  }
  return resolveProxy(new URL('https://upstream.test'), input) as ForwardProxy
}
