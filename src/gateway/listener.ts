import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { Connections } from './connections.ts'

/** The only address: nothing outside this machine can connect. */
const LOOPBACK = '127.0.0.1'

const LIMITS = {
  /** Slow senders of headers must not hold sockets. */
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  /** Above the idle time of clients, so that they close first and no request meets a closing socket. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 32 * 1024,
}
const MAX_CONNECTIONS = 512
/** What streams get to end by themselves when the gateway closes. */
const CLOSE_GRACE_MS = 2_000

export interface Listener {
  readonly port: number
  /** Accepts nothing more, lets running exchanges end, then closes every connection. */
  close(patience?: Patience): Promise<void>
}

/** How long running exchanges get to end. */
export interface Patience {
  /** 2 s if absent. */
  readonly graceMs?: number
  /** Ends them at once. */
  readonly signal?: AbortSignal
}

/**
 * Listens on 127.0.0.1.
 * @param port 0 lets the kernel choose
 * @throws GatewayError LISTEN_FAILED
 */
export async function listen(
  port: number,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const server = createServer({ ...LIMITS, noDelay: true }, (request, response) => {
    connections.hold(request.socket, response)
    if (response.socket) onRequest(request, response)
    // Pipelined: before its turn Node would not tell that the client left, nor could the answer be cut.
    else response.once('socket', () => onRequest(request, response))
  })
  const connections = new Connections(server)
  server.maxConnections = MAX_CONNECTIONS
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy())
    const reply = 'HTTP/1.1 501 Not Implemented\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'
    // No longer the server's: left half open it would keep `close` waiting for ever.
    socket.end(reply, () => socket.destroy())
  })
  await bind(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: (patience) => close(server, connections, patience),
  }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new GatewayError('LISTEN_FAILED', { port, reason: reasonOf(error) }, error)),
    )
    server.listen(port, LOOPBACK, resolve)
  })
}

async function close(
  server: Server,
  connections: Connections,
  { graceMs = CLOSE_GRACE_MS, signal }: Patience = {},
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  connections.closeUnheld()
  const cut = () => connections.closeAll()
  const timer = setTimeout(cut, graceMs)
  signal?.addEventListener('abort', cut)
  if (signal?.aborted) cut()
  await closed
  clearTimeout(timer)
  signal?.removeEventListener('abort', cut)
}
