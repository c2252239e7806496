import type { Config } from '../../config/config.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Fact } from '../../doctor/fact.ts'
import { factOf, known } from '../../doctor/fact.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import type { ClaudeState } from '../upstream/claude-state.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import type { Secrets } from '../upstream/secrets.ts'
import { openSecrets } from '../upstream/secrets.ts'
import { resolveUpstream } from '../upstream/upstream.ts'
import type { KeychainTrial } from './keychain-trial.ts'
import { openKeychainTrial } from './keychain-trial.ts'

/** What `doctor` looks at, as far as it can be read: each needs those before it. */
export interface Circumstances {
  readonly config: Fact<Config>
  readonly claude: Fact<ClaudeState>
  readonly upstream: Fact<Upstream>
  readonly secrets: Fact<Secrets>
  readonly keychain: KeychainTrial
}

/** Reads all of it, and looks nothing secret up. Never throws. */
export async function readCircumstances(context: Context): Promise<Circumstances> {
  const config = await factOf(context.config)
  const claude = await factOf(() => readClaudeState(context))
  const upstream = await factOf(() => resolveUpstream(known(config), known(claude)))
  const secrets = await factOf(() =>
    openSecrets(context, {
      upstream: known(upstream),
      claude: known(claude),
      mayUseApiKey: true,
      tags: resolveTags(known(config).values.tags, repositoryTags(context.cwd)),
      onWait: noteWait(context),
    }),
  )
  return { config, claude, upstream, secrets, keychain: await openKeychainTrial(context, config) }
}
