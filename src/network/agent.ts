import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { makeConnections } from './connections.ts'
import type { TlsSettings } from './secure-context.ts'
import { secureContextOf } from './secure-context.ts'
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
  /**
   * Settles when what connections need is there, undefined if it is already. A request that waits here does not use up
   * its time to connect.
   * @throws GatewayError UPSTREAM_TLS, or that of the look-up of a passphrase
   */
  ready(): Promise<void> | undefined
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

export interface AgentSettings {
  readonly tls?: TlsSettings | undefined
  readonly clocks?: Clocks
  readonly limits?: AgentLimits
}

const REAL_CLOCKS: Clocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** One keep-alive agent for an upstream; certificates are always verified. */
export function createUpstreamAgent(
  upstream: Upstream,
  { tls = {}, clocks = REAL_CLOCKS, limits = LIMITS }: AgentSettings = {},
): UpstreamAgent {
  const { idleSocketMs, maxSockets } = limits
  const options = { keepAlive: true, maxSockets, timeout: idleSocketMs, rejectUnauthorized: true }
  const isSecure = upstream.url.protocol === 'https:'
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const contextOf = secureContextOf(upstream.name, isSecure ? tls : {})
  const connections = makeConnections(agent, { ...options, ...destination(upstream) }, contextOf)
  let lastGapMs = clocks.wallMs() - clocks.monotonicMs()
  return {
    agent,
    ready: () => {
      const context = contextOf()
      return context instanceof Promise ? context.then(() => {}) : undefined
    },
    warm: () => {
      if (idleSockets(agent).length === 0) connections.open()
    },
    dropStale: () => {
      const gapMs = clocks.wallMs() - clocks.monotonicMs()
      if (Math.abs(gapMs - lastGapMs) > SLEEP_MS) {
        connections.close()
        for (const socket of idleSockets(agent)) socket.destroy()
      }
      lastGapMs = gapMs
    },
    destroy: () => {
      connections.close()
      agent.destroy()
    },
  }
}

function idleSockets(agent: HttpAgent): readonly Duplex[] {
  return Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
}

function destination({ url }: Upstream): object {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const servername = /^[\d.]+$|:/.test(host) ? '' : host
  return { host, port, servername }
}
