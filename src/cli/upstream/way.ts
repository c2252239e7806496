import type { Config } from '../../config/config.ts'
import { connectLimit } from '../../config/timeouts.ts'
import type { CredentialPlan } from '../../credentials/credential.ts'
import type { Ask } from '../../doctor/upstream/hearing.ts'
import { createSupply } from '../../gateway/supply.ts'
import { createUpstreamAgent } from '../../network/agent.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { findProxy } from './proxy.ts'
import type { Secrets } from './secrets.ts'
import type { ClaudeSources } from './upstream.ts'
import { createAsk } from './upstream-ask.ts'

/** The way to the upstream for requests of our own. */
export interface Way {
  readonly ask: Ask
  /** Whether connections go through a proxy. */
  readonly isProxied: boolean
  readonly close: () => void
}

export interface WayInput {
  readonly config: Config
  readonly claude: ClaudeSources
  readonly upstream: Upstream
  readonly secrets: Secrets
  /** What is shown to the upstream. */
  readonly credentials: CredentialPlan
}

/** Opens it as a gateway of this configuration would; nothing is looked up or sent yet. @throws GatewayError of the configuration */
export function openWay(context: Context, { config, claude, upstream, secrets, credentials }: WayInput): Way {
  const connectMs = connectLimit(config.values)
  const proxy = findProxy(context, upstream, claude)
  const agent = createUpstreamAgent(upstream, { tls: secrets.tls, proxy, connectMs })
  const supply = createSupply(credentials, secrets.extraHeaders)
  const ask = createAsk({ upstream, agent, supply, configured: secrets.authStyle, connectMs })
  return { ask, isProxied: proxy !== undefined, close: () => agent.destroy() }
}
