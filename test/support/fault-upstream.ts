import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { RecordedRequest } from './recorded-request.ts'
import type { ServerIdentity } from './throwaway-ca.ts'

/** One request on its way: what arrived, and the means to answer it or to break it. */
export interface UpstreamCall {
  readonly request: RecordedRequest
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  /** 0 for the first request of this upstream. */
  readonly index: number
  /** Closes the connection from this side, after what was written went out. */
  readonly close: (how: 'fin' | 'rst') => void
}

/** Called when the head has arrived; the body may still be on its way (`call.request.arrived`). */
export type Fault = (call: UpstreamCall) => void | Promise<void>

export interface FaultUpstream {
  /** Origin, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** In the order in which their heads arrived. */
  readonly requests: readonly RecordedRequest[]
  /** Sockets that are open now. */
  readonly openConnections: () => number
  /** How many connections were ever accepted. */
  readonly acceptedConnections: () => number
  /** The request of that index, as soon as its head arrives. */
  readonly request: (index: number) => Promise<RecordedRequest>
  readonly close: () => Promise<void>
}

/**
 * A real HTTP/1.1 server on a port of the kernel's choosing that records every request and behaves as told.
 * It never times out or closes by itself. With `identity` it speaks TLS.
 */
export async function startFaultUpstream(fault: Fault, identity?: ServerIdentity): Promise<FaultUpstream> {
  const requests: RecordedRequest[] = []
  const waiting: { index: number; resolve: (request: RecordedRequest) => void }[] = []
  const connections = new Map<Socket, { readonly number: number; requests: number }>()
  let accepted = 0

  const server = listenerFor(identity, (incoming, response) => {
    const connection = connections.get(incoming.socket) ?? { number: 0, requests: 0 }
    connection.requests += 1
    const request = new RecordedRequest(incoming, connection.number, connection.requests)
    const index = requests.push(request) - 1
    for (const waiter of waiting) if (waiter.index === index) waiter.resolve(request)
    void fault(callOf(request, incoming, response, index))
  })
  server.on(identity ? 'secureConnection' : 'connection', (socket: Socket) => {
    accepted += 1
    connections.set(socket, { number: accepted, requests: 0 })
    socket.on('error', () => {})
    socket.on('close', () => connections.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const { port } = server.address() as AddressInfo
  return {
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    openConnections: () => connections.size,
    acceptedConnections: () => accepted,
    request: (index) =>
      new Promise((resolve) => {
        const request = requests[index]
        if (request) resolve(request)
        else waiting.push({ index, resolve })
      }),
    close: () => closeAll(server, [...connections.keys()]),
  }
}

function listenerFor(identity: ServerIdentity | undefined, listener: RequestListener): Server {
  const options = {
    maxHeaderSize: 256 * 1024,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    connectionsCheckingInterval: 60_000,
  }
  return identity ? createTlsServer({ ...options, ...identity }, listener) : createServer(options, listener)
}

function callOf(
  request: RecordedRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  index: number,
): UpstreamCall {
  const { socket } = incoming
  let hasClosed = false
  response.sendDate = false
  response.on('close', () => {
    if (!hasClosed && !response.writableFinished) request.clientLeft()
  })
  const close = (how: 'fin' | 'rst') => {
    hasClosed = true
    if (how === 'rst') socket.resetAndDestroy()
    else socket.end(() => socket.destroySoon())
  }
  return { request, incoming, response, socket, index, close }
}

async function closeAll(server: Server, sockets: readonly Socket[]): Promise<void> {
  server.close()
  for (const socket of sockets) socket.destroy()
  if (server.listening) await once(server, 'close')
}
