import { GatewayError } from '../../base/errors.ts'
import type { Config } from '../../config/config.ts'
import type { Sourced } from '../../config/merge.ts'
import type { ApiKeyHelper } from '../../credentials/api-key-helper.ts'
import type { Upstream } from '../../network/url.ts'
import { parseUpstream } from '../../network/url.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Where Claude Code itself would look for its API and its credential, as far as that may choose them. */
export interface ClaudeSources {
  readonly env: Variables
  readonly managedEnv: Variables
  readonly userEnv: Variables
  /** Of managed settings, `--settings` or the user's: a repository may not choose a credential. */
  readonly apiKeyHelper?: ApiKeyHelper
  /** That settings let Claude Code begin with. */
  readonly model?: string
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
  return parseUpstream(chosen.text, values.allowHttp, chosen.origin)
}

/**
 * The upstream without what the command line says, which is for one command alone: where this changes, a gateway that
 * was opened before leads elsewhere.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function configuredUpstream(config: Config, sources: ClaudeSources): string {
  const { value: text, origin } = withoutFlag(config)
  const values = { ...config.values, upstream: String(text) }
  const origins = { ...config.origins, upstream: origin }
  return resolveUpstream({ ...config, values, origins }, sources).name
}

function withoutFlag({ values, origins, shadowed }: Config): Sourced {
  if (!origins.upstream.startsWith('--')) return { value: values.upstream, origin: origins.upstream }
  return shadowed.upstream[0] ?? { value: '', origin: 'default' }
}

/** The gateway around us is no upstream; what stood there before is kept beside it. */
function outerBaseUrl(env: Variables): string | undefined {
  const base = env['ANTHROPIC_BASE_URL']
  const isInside = env['CLAUDE_GW_RUN_ID'] && (!base || base === env['CLAUDE_GW_RUN_URL'])
  return isInside ? env['CLAUDE_GW_RUN_OUTER_BASE_URL'] : base
}

/** A gateway as its clients know it. */
interface OwnGateway {
  readonly url: string
  readonly access: { readonly kind: 'token'; readonly token: string } | { readonly kind: 'path' }
}

const BASE_URLS = ['ANTHROPIC_BASE_URL', 'CLAUDE_GW_RUN_OUTER_BASE_URL']

/**
 * What is left of the sources when nothing in them leads back to a gateway of this user: such a base URL is no
 * upstream and such a token no credential. Its URL alone proves nothing, as its port may have become another
 * program's; together with its token, or with its secret path, it does.
 */
export function withoutOwnGateways<T extends ClaudeSources>(sources: T, gateways: readonly OwnGateway[]): T {
  const { env, managedEnv, userEnv } = sources
  const tokens = [env, managedEnv, userEnv].map((variables) => variables['ANTHROPIC_AUTH_TOKEN'])
  const known = gateways.filter(({ access }) => access.kind === 'path' || tokens.includes(access.token))
  const isOwn = ([name, value]: [string, string | undefined]) =>
    known.some(({ url, access }) => {
      if (BASE_URLS.includes(name)) return value?.replace(/\/+$/, '') === url
      return name === 'ANTHROPIC_AUTH_TOKEN' && access.kind === 'token' && access.token === value
    })
  const strip = (variables: Variables) =>
    Object.fromEntries(Object.entries(variables).filter((entry) => !isOwn(entry)))
  return { ...sources, env: strip(env), managedEnv: strip(managedEnv), userEnv: strip(userEnv) }
}

/** A gateway that sends to itself would never come to an end. @throws GatewayError CONFIG_BAD_VALUE */
export function refuseOwnAddress({ url, name }: Upstream, port: number, { origins }: Config): void {
  if (!['127.0.0.1', 'localhost'].includes(url.hostname) || url.port !== String(port)) return
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin: origins.upstream === 'default' ? 'ANTHROPIC_BASE_URL' : origins.upstream,
    key: 'upstream',
    expected: 'another address than that of this gateway',
    value: `"${name}"`,
  })
}
