import { fromHome } from '../../base/home-path.ts'
import { isLiteralSecret } from '../../config/literal-secret.ts'
import type { Values } from '../../config/schema.ts'
import { isSecretReference } from '../../credentials/reference.ts'
import type { Upstream } from '../../network/url.ts'
import { namesTag } from '../upstream/header-values.ts'

/** Settings of Claude Code that lead to an upstream without a gateway of ours between them. */
export interface SettingsSnippet {
  readonly env: Readonly<Record<string, string>>
  readonly apiKeyHelper?: string
  /** For people: what the settings cannot say. */
  readonly notes: readonly string[]
}

export interface SnippetInput {
  readonly values: Values
  readonly upstream: Upstream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** What the gateway of an organization may need, taken over where it is set here. */
const CONDITIONAL = ['CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY', 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS']

/**
 * The settings that the rollout guide asks for (https://code.claude.com/docs/en/llm-gateway-rollout, "What to
 * distribute"). No secret is among them.
 */
export function settingsSnippet({ values, upstream, env, home }: SnippetInput): SettingsSnippet {
  const headers = customHeaders(values.headers)
  const models = defaultModels(values['models.aliases'])
  const taken = CONDITIONAL.flatMap((name) => (env[name] ? [[name, env[name]]] : []))
  return {
    env: {
      ANTHROPIC_BASE_URL: upstream.name,
      ...(headers.lines.length > 0 && { ANTHROPIC_CUSTOM_HEADERS: headers.lines.join('\n') }),
      ...(!upstream.isAnthropic && { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' }),
      ...Object.fromEntries(taken),
      ...models.env,
      ...features(values),
      ...network(values, home),
    },
    ...(values.credential !== 'passthrough' && { apiKeyHelper: keyCommand(values.profile) }),
    notes: [...headers.notes, ...models.notes, ...unsaid(values, upstream)],
  }
}

/** The name of a profile has no character that a shell knows. */
function keyCommand(profile: string): string {
  return profile === 'default' ? 'claude-gw key' : `claude-gw key --profile ${profile}`
}

function customHeaders(headers: Values['headers']): { lines: string[]; notes: string[] } {
  const entries = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const isPlain = ({ name, value }: { name: string; value: string }) =>
    !isSecretReference(value) && !namesTag(value) && !isLiteralSecret(value, { key: 'headers', entry: name })
  return {
    lines: entries.filter(isPlain).map(({ name, value }) => `${name}: ${value}`),
    notes: entries
      .filter((entry) => !isPlain(entry))
      .map(({ name }) => `the header ${name} is left out: only claude-gw itself can send it`),
  }
}

const FAMILIES = ['opus', 'sonnet', 'haiku', 'fable']

/** Claude Code asks for the upstream's name of a model where all aliases of its family agree on one. */
function defaultModels(aliases: Values['models.aliases']): { env: Record<string, string>; notes: string[] } {
  const entries = Object.entries(aliases).map(([asked, name]) => ({ asked, name, family: familyOf(asked) }))
  const agreed = FAMILIES.flatMap((family) => {
    const [name, ...others] = new Set(entries.filter((entry) => entry.family === family).map(nameOf))
    return name !== undefined && others.length === 0 ? [{ family, name }] : []
  })
  const left = entries.filter((entry) => !agreed.some(({ family }) => family === entry.family))
  return {
    env: Object.fromEntries(
      agreed.map(({ family, name }) => [`ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`, name]),
    ),
    notes: left.map(({ asked }) => `the alias ${asked} is left out: only claude-gw itself can do it`),
  }
}

function familyOf(model: string): string | undefined {
  return FAMILIES.find((family) => model.toLowerCase().includes(family))
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

function features({ toolSearch, fineGrainedStreaming }: Values): Record<string, string> {
  return {
    ...(toolSearch === 'on' && { ENABLE_TOOL_SEARCH: 'true' }),
    ...(fineGrainedStreaming === 'on' && { CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING: '1' }),
  }
}

/** https://code.claude.com/docs/en/network-config; Claude Code knows no `~` there. */
function network(values: Values, home: string): Record<string, string> {
  const files = {
    NODE_EXTRA_CA_CERTS: fromHome(values['tls.ca'], home),
    CLAUDE_CODE_CLIENT_CERT: fromHome(values['tls.cert'], home),
    CLAUDE_CODE_CLIENT_KEY: fromHome(values['tls.key'], home),
    HTTPS_PROXY: isOpenProxy(values.proxy) ? values.proxy : '',
  }
  return Object.fromEntries(Object.entries(files).filter(([, value]) => value !== ''))
}

function isOpenProxy(proxy: string): boolean {
  if (proxy === 'auto' || proxy === 'off') return false
  const { username, password } = new URL(proxy)
  return username === '' && password === ''
}

function unsaid(values: Values, { isAnthropic }: Upstream): string[] {
  const { auth, proxy } = values
  const passphrase = values['tls.passphrase']
  return [
    ...(auth.startsWith('header:')
      ? [`Claude Code cannot send its key in the header ${auth.slice(7)}: use \`claude-gw run\` or --wrapper`]
      : []),
    ...(passphrase === '' ? [] : ['the passphrase of the client key belongs in no settings file']),
    ...(['auto', 'off'].includes(proxy) || isOpenProxy(proxy)
      ? []
      : ['the proxy is left out: its URL has a password']),
    ...(isAnthropic
      ? []
      : [
          'add "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1" if the gateway goes to Bedrock or Google Cloud and rejects beta fields; take "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY" out if it has no /v1/models',
        ]),
  ]
}
