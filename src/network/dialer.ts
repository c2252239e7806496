import type { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { openTunnel } from './connect-proxy.ts'
import type { ForwardProxy } from './forward-proxy.ts'
import type { SecureContexts } from './secure-context.ts'
import { isUnknownAuthority } from './verification.ts'

export interface DialerOptions {
  readonly upstream: URL
  readonly contexts: SecureContexts
  readonly proxy: ForwardProxy | undefined
  /** Time for one connection, tunnel and handshake included. */
  readonly connectMs: number
  /** Time for one that no request has. */
  readonly idleMs: number
}

export interface Dialer {
  /**
   * Opens a connection that stands: behind the proxy, if there is one, and verified, so that no byte of a request is
   * sent before. An authority that is not known is looked for among those of the machine, once.
   * @param given as the agent has it for its sockets
   * @throws GatewayError PROXY_*, UPSTREAM_TLS, or that of the look-up of a passphrase; an error of Node.js
   */
  dial(given: object): Promise<Socket>
  /** Gives up all that are under way, and opens no more. */
  close(): void
}

/** The way to one upstream. @param agent makes the sockets, and remembers their TLS sessions */
export function createDialer(agent: Agent, options: DialerOptions): Dialer {
  const { contexts, connectMs } = options
  const connect = connectOf(agent)
  const underWay = new Set<AbortController>()
  let isClosed = false

  async function dialWith(given: object, context: SecureContext | undefined): Promise<Socket> {
    const stop = new AbortController()
    if (isClosed) stop.abort()
    const timer = setTimeout(() => stop.abort(), connectMs)
    underWay.add(stop)
    try {
      return await open(connect, given, { ...options, context, signal: stop.signal })
    } finally {
      clearTimeout(timer)
      underWay.delete(stop)
    }
  }

  return {
    dial: async (given) => {
      const context = await contexts.current()
      try {
        return await dialWith(given, context)
      } catch (error) {
        if (!isUnknownAuthority(error) || !(await contexts.widen(context))) throw error
        return dialWith(given, await contexts.current())
      }
    },
    close: () => {
      isClosed = true
      for (const stop of underWay) stop.abort()
    },
  }
}

interface Opening extends DialerOptions {
  readonly context: SecureContext | undefined
  readonly signal: AbortSignal
}

async function open(connect: Connect, given: object, opening: Opening): Promise<Socket> {
  const { upstream, proxy, context: secureContext, signal, idleMs } = opening
  signal.throwIfAborted()
  const tunnel = proxy && (await openTunnel(proxy, upstream, { secureContext, signal }))
  const isSecure = upstream.protocol === 'https:'
  if (tunnel && !isSecure) return tunnel.setTimeout(idleMs)
  const socket = connect({
    ...given,
    ...(secureContext && { secureContext }),
    ...(tunnel && { socket: tunnel }),
  })
  await standing(addAbortSignal(signal, socket), isSecure ? 'secureConnect' : 'connect')
  return socket.setTimeout(idleMs)
}

function standing(socket: Socket, event: 'secureConnect' | 'connect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve).once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed before it stood')))
  })
}

type Connect = (options: object) => Socket

function connectOf(agent: Agent): Connect {
  const { createConnection } = agent as unknown as { createConnection: Connect }
  return (options) => createConnection.call(agent, options)
}
