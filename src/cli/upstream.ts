import type { Config } from '../config/config.ts'
import type { Upstream } from '../network/url.ts'
import { parseUpstream } from '../network/url.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Where Claude Code itself would look for its API, as far as that may choose an upstream. */
export interface ClaudeSources {
  readonly env: Variables
  readonly managedEnv: Variables
  readonly userEnv: Variables
}

/**
 * The upstream: the key `upstream`, else the base URL of the environment, of managed and of user settings of Claude
 * Code, else the API itself. A repository's settings have no say.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function resolveUpstream(
  { values, origins }: Config,
  { env, managedEnv, userEnv }: ClaudeSources,
): Upstream {
  const candidates = [
    { text: values.upstream, origin: origins.upstream },
    { text: outerBaseUrl(env), origin: 'ANTHROPIC_BASE_URL' },
    {
      text: managedEnv['ANTHROPIC_BASE_URL'],
      origin: 'managed settings of Claude Code, env.ANTHROPIC_BASE_URL',
    },
    { text: userEnv['ANTHROPIC_BASE_URL'], origin: 'user settings of Claude Code, env.ANTHROPIC_BASE_URL' },
    { text: 'https://api.anthropic.com', origin: 'default' },
  ]
  const chosen = candidates.find(({ text }) => text) as { text: string; origin: string }
  return parseUpstream(chosen.text, values.allowHttp === 'true', chosen.origin)
}

/** Inside a run the base URL is that run's gateway; what stood there before is kept beside it. */
function outerBaseUrl(env: Variables): string | undefined {
  return env['CLAUDE_GW_RUN_ID'] ? env['CLAUDE_GW_RUN_OUTER_BASE_URL'] : env['ANTHROPIC_BASE_URL']
}
