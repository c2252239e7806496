import type { Config } from '../../config/config.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { openPatternDetectors } from '../policies/detect-rules.ts'
import { openConfiguredPolicies } from '../policies/policies.ts'
import { openPatterns } from '../policies/redaction.ts'
import { openIdentity } from '../session/identity.ts'
import { openPrices } from '../session/prices.ts'
import type { Secrets } from '../upstream/secrets.ts'

export interface PoliciesTrial {
  readonly config: Config
  readonly upstream: Upstream
  readonly secrets: Secrets
}

/** Opens what a run of this configuration opens for policies, and closes it; what no list names yet, too. @throws GatewayError */
export async function tryPolicies(
  context: Context,
  { config, upstream, secrets }: PoliciesTrial,
): Promise<void> {
  const { values, origins } = config
  const findTags = () => resolveTags(values.tags, repositoryTags(context.cwd))
  await openPatterns(values['log.redact'], 'log.redact', origins['log.redact'])
  await openPatternDetectors(config)
  const policies = await openConfiguredPolicies(context, config, {
    identity: openIdentity(context, { upstream: upstream.name, tags: findTags() }),
    prices: await openPrices(context, config),
    secrets,
    findTags,
    isTrial: true,
    onTrouble: () => {},
  })
  await policies?.list.close()
}
