import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { makeConnections } from './connections.ts'
import { createDialer } from './dialer.ts'
import type { ForwardProxy } from './forward-proxy.ts'
import { portOf } from './forward-proxy.ts'
import type { TlsSettings } from './secure-context.ts'
import { createSecureContexts } from './secure-context.ts'
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
  /** Gives requests only connections that stand: behind the proxy, and verified. */
  readonly agent: HttpAgent
  /** The upstream, and the proxy before it, for people. */
  readonly route: string
  /** What opened the way to it so far, which must not be written: a proxy's password, a passphrase. */
  readonly secrets: ReadonlySet<string>
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
  /** Whether a connection was opened ahead, and stood when a request first needed it. */
  wasAhead(socket: Duplex): boolean
  destroy(): void
}

export interface Clocks {
  readonly wallMs: () => number
  readonly monotonicMs: () => number
}

export interface AgentSettings {
  readonly tls?: TlsSettings | undefined
  readonly proxy?: ForwardProxy | undefined
  /** Time for one connection, tunnel and handshake included. */
  readonly connectMs?: number
  readonly clocks?: Clocks
  readonly limits?: AgentLimits
}

const CONNECT_MS = 10_000
const REAL_CLOCKS: Clocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** One keep-alive agent for an upstream; certificates are always verified. */
export function createUpstreamAgent(
  upstream: Upstream,
  { tls = {}, proxy, connectMs = CONNECT_MS, clocks = REAL_CLOCKS, limits = LIMITS }: AgentSettings = {},
): UpstreamAgent {
  const { idleSocketMs, maxSockets } = limits
  const { url, name } = upstream
  const options = { keepAlive: true, maxSockets, timeout: idleSocketMs, rejectUnauthorized: true }
  const isSecure = url.protocol === 'https:'
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const secrets = new Set(proxy?.secrets)
  const contexts = createSecureContexts(name, isSecure || proxy ? tls : {}, (value) => secrets.add(value))
  const dialer = createDialer(agent, { upstream: url, contexts, proxy, connectMs, idleMs: idleSocketMs })
  const connections = makeConnections(agent, { ...options, ...destination(url) }, dialer.dial)
  let lastGapMs = clocks.wallMs() - clocks.monotonicMs()
  return {
    agent,
    route: proxy ? `${name} through the proxy ${proxy.url.origin} (${proxy.origin})` : name,
    secrets,
    ready: () => {
      const context = contexts.current()
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
    wasAhead: connections.wasAhead,
    destroy: () => {
      dialer.close()
      connections.close()
      agent.destroy()
    },
  }
}

function idleSockets(agent: HttpAgent): readonly Duplex[] {
  return Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
}

function destination(url: URL): object {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const servername = isIP(host) ? '' : host
  return { host, port: portOf(url), servername }
}
