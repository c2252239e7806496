import type { Config } from '../../config/config.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import type { Upstream } from '../../network/url.ts'
import type { OpenPolicies } from '../../policies/index.ts'
import type { Context } from '../context.ts'
import { openConfiguredPolicies } from '../policies/policies.ts'
import type { Secrets } from '../upstream/secrets.ts'
import { openIdentity } from './identity.ts'
import { openPrices } from './prices.ts'

export interface PoliciesTrial {
  readonly config: Config
  readonly upstream: Upstream
  readonly secrets: Secrets
}

/**
 * The policies as a gateway that starts here and now would have them, for who sends nothing; undefined where none is on.
 * @throws GatewayError where a gateway would not start with them
 */
export async function openTrialPolicies(
  context: Context,
  { config, upstream, secrets }: PoliciesTrial,
  onTrouble: (reason: string) => void,
): Promise<OpenPolicies | undefined> {
  const findTags = () => resolveTags(config.values.tags, repositoryTags(context.cwd))
  return openConfiguredPolicies(context, config, {
    identity: openIdentity(context, { upstream: upstream.name, tags: findTags() }),
    prices: await openPrices(context, config),
    secrets,
    findTags,
    isTrial: true,
    onTrouble,
  })
}
