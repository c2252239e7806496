import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Upstream } from './url.ts'

export interface AgentLimits {
  readonly idleSocketMs: number
  readonly maxSockets: number
}

/** Idle time below the 60 s at which load balancers usually close idle connections (AWS ALB, nginx). */
const LIMITS: AgentLimits = { idleSocketMs: 55_000, maxSockets: 256 }
/** A wall clock this far ahead of the monotonic one means that the machine slept. */
const SLEEP_MS = 5_000

/** The connections to one upstream. */
export interface UpstreamAgent {
  readonly agent: HttpAgent
  /** Opens one connection ahead of the next request, unless one is idle already. */
  warm(): void
  /** Drops idle connections when the machine slept since the last call: their other end is likely gone. */
  dropStale(): void
  destroy(): void
}

export interface Clocks {
  readonly wallMs: () => number
  readonly monotonicMs: () => number
}

const REAL_CLOCKS: Clocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** One keep-alive agent for an upstream; certificates are always verified. */
export function createUpstreamAgent(
  upstream: Upstream,
  clocks: Clocks = REAL_CLOCKS,
  { idleSocketMs, maxSockets }: AgentLimits = LIMITS,
): UpstreamAgent {
  const options = { keepAlive: true, maxSockets, timeout: idleSocketMs, rejectUnauthorized: true }
  const agent = upstream.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
  const spare = keepSpare(agent, { ...options, ...destination(upstream) })
  let lastGapMs = clocks.wallMs() - clocks.monotonicMs()
  return {
    agent,
    warm: () => {
      if (idleSockets(agent).length === 0) spare.open()
    },
    dropStale: () => {
      const gapMs = clocks.wallMs() - clocks.monotonicMs()
      if (Math.abs(gapMs - lastGapMs) > SLEEP_MS) {
        spare.close()
        for (const socket of idleSockets(agent)) socket.destroy()
      }
      lastGapMs = gapMs
    },
    destroy: () => {
      spare.close()
      agent.destroy()
    },
  }
}

function idleSockets(agent: HttpAgent): readonly Duplex[] {
  return Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
}

type Connect = (options: object, callback?: (error: Error | null, socket: Duplex) => void) => Duplex | null

/**
 * A connection made before a request needs it. `createConnection` is the agent's documented place to say where
 * sockets come from (https://nodejs.org/api/http.html#agentcreateconnectionoptions-callback).
 */
function keepSpare(agent: HttpAgent, options: object): { open(): void; close(): void } {
  const holder = agent as unknown as { createConnection: Connect }
  const connect = holder.createConnection.bind(agent)
  let spare: Duplex | undefined
  const drop = () => {
    take()?.destroy()
  }
  const take = () => {
    const socket = spare
    spare = undefined
    socket?.removeListener('error', drop)
    socket?.removeListener('timeout', drop)
    return socket?.destroyed === false ? socket : undefined
  }
  holder.createConnection = (given, callback) => take() ?? connect(given, callback)
  return {
    open: () => {
      if (spare?.destroyed === false) return
      spare = connect(options) ?? undefined
      spare?.on('error', drop).on('timeout', drop)
    },
    close: drop,
  }
}

function destination({ url }: Upstream): object {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const servername = /^[\d.]+$|:/.test(host) ? '' : host
  return { host, port, servername }
}
