import type { Config } from '../../config/config.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import type { CredentialPlan } from '../../credentials/credential.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Ask } from '../../doctor/upstream/hearing.ts'
import { createSupply } from '../../gateway/supply.ts'
import { createUpstreamAgent } from '../../network/agent.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from './claude-state.ts'
import { findProxy } from './proxy.ts'
import { openSecrets } from './secrets.ts'
import type { ClaudeSources } from './upstream.ts'
import { resolveUpstream } from './upstream.ts'
import { createAsk } from './upstream-ask.ts'

/** The way to the upstream for requests of our own. */
export interface OpenAsk {
  readonly config: Config
  readonly claude: ClaudeSources
  readonly upstream: Upstream
  readonly ask: Ask
  /** Whether connections go through a proxy. */
  readonly isProxied: boolean
  /** What it shows the upstream. */
  readonly credentials: CredentialPlan
  readonly close: () => void
}

/**
 * Opens what a gateway of this configuration would ask with; nothing is looked up or sent yet.
 * @param given in place of the credential that the configuration names
 * @throws GatewayError of the configuration
 */
export async function openAsk(context: Context, given?: CredentialPlan): Promise<OpenAsk> {
  const config = context.config()
  const claude = await readClaudeState(context)
  const upstream = resolveUpstream(config, claude)
  const tags = resolveTags(config.values.tags, repositoryTags(context.cwd))
  const onWait = noteWait(context)
  const secrets = await openSecrets(context, { upstream, claude, mayUseApiKey: true, tags, onWait })
  const connectMs = config.values['timeouts.connect']
  const proxy = findProxy(context, upstream, claude)
  const agent = createUpstreamAgent(upstream, { tls: secrets.tls, proxy, connectMs })
  const credentials = given ?? secrets.credentials
  const supply = createSupply(credentials, secrets.extraHeaders)
  const ask = createAsk({ upstream, agent, supply, configured: secrets.authStyle, connectMs })
  const isProxied = proxy !== undefined
  return { config, claude, upstream, ask, isProxied, credentials, close: () => agent.destroy() }
}
