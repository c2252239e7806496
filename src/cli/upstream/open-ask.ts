import type { Config } from '../../config/config.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import type { CredentialPlan } from '../../credentials/credential.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from './claude-state.ts'
import { openSecrets } from './secrets.ts'
import type { ClaudeSources } from './upstream.ts'
import { resolveUpstream } from './upstream.ts'
import type { Way } from './way.ts'
import { openWay } from './way.ts'

/** The way to the upstream that the configuration names. */
export interface OpenAsk extends Way {
  readonly config: Config
  readonly claude: ClaudeSources
  readonly upstream: Upstream
  /** What it shows the upstream. */
  readonly credentials: CredentialPlan
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
  const credentials = given ?? secrets.credentials
  const way = openWay(context, { config, claude, upstream, secrets, credentials })
  return { ...way, config, claude, upstream, credentials }
}
