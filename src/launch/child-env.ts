import type { Environment } from '../claude/environment.ts'
import type { SettingsLayer } from '../claude/layer.ts'
import { isCarried } from './carried.ts'
import type { ChildGateway } from './child-gateway.ts'
import { runDepth } from './child-gateway.ts'
import { mergeNoProxy } from './no-proxy.ts'
import type { SettingsKey } from './routing-keys.ts'
import { policyKeys, routingKeys } from './routing-keys.ts'
import { Variables } from './variables.ts'

export interface ChildEnvironmentInput {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** Highest first. */
  readonly layers: readonly SettingsLayer[]
  readonly gateway: ChildGateway
  readonly profile: string
  readonly runId: string
  /** Whether the upstream is api.anthropic.com. */
  readonly isFirstParty: boolean
  readonly toolSearch: 'auto' | 'on' | 'off'
  readonly fineGrainedStreaming: 'auto' | 'on' | 'off'
  /** Names of the variables that hold the upstream credential. */
  readonly withheld: readonly string[]
}

export interface ChildEnvironment {
  readonly env: Readonly<Record<string, string>>
  /** How settings files are kept from leading past the gateway. */
  readonly routing: Routing
  /** For people: what is not as it would be without us. */
  readonly notes: readonly string[]
}

/**
 * `none` nothing is in the way; `host` Claude Code takes its routing from the environment only; `settings` this
 * document has to be given to it with `--settings`, because the environment alone would lose.
 */
export type Routing =
  | { readonly kind: 'none' }
  | { readonly kind: 'host' }
  | { readonly kind: 'settings'; readonly document: Readonly<Record<string, unknown>> }

/**
 * The environment of the child, and what else it needs to stay on the gateway.
 * https://code.claude.com/docs/en/env-vars and https://code.claude.com/docs/en/llm-gateway
 */
export function childEnvironment(input: ChildEnvironmentInput): ChildEnvironment {
  const { env, platform, layers } = input
  const variables = withoutOuterRun(env, platform)
  const policy = policyKeys(layers)
  const diverted = routingKeys(
    layers.filter(({ scope }) => scope !== 'managed'),
    input.gateway.access.kind,
    platform,
  )
  const kind = routingKind(input, policy, diverted)
  setCredentials(variables, input)
  if (kind === 'host') carrySettings(variables, layers)
  setNoProxy(variables, platform)
  setMarkers(variables, input)
  const added = { ...features(input), ...(kind === 'host' && { CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1' }) }
  addUnset(variables, added)
  return {
    env: variables.toObject(),
    routing: kind === 'settings' ? { kind, document: settingsDocument(input) } : { kind },
    notes: [...policy.map(policyNote), ...(kind === 'host' ? uncarriedNotes(layers) : [])],
  }
}

/** What an outer run has added for its own sake is not what the user set. */
function withoutOuterRun(env: Environment, platform: NodeJS.Platform): Variables {
  const variables = new Variables(env, platform)
  for (const name of (env['CLAUDE_GW_RUN_ADDED'] ?? '').split(',')) variables.delete(name)
  return variables
}

/**
 * The host-managed switch has a price: from it on, a saved login and the helper are not used, and programs that
 * Claude Code starts do not see its token, so that a `claude` in a hook is not logged in (measured on 2.1.329). It is
 * therefore set only where settings would lead away, in token mode, and where no policy has a say.
 */
function routingKind(
  { gateway }: ChildEnvironmentInput,
  policy: readonly SettingsKey[],
  diverted: readonly SettingsKey[],
): Routing['kind'] {
  if (diverted.length === 0) return 'none'
  return gateway.access.kind === 'token' && policy.length === 0 ? 'host' : 'settings'
}

/** In path mode the child shows its own login, so that stays as it is. */
function setCredentials(variables: Variables, { gateway, withheld }: ChildEnvironmentInput): void {
  for (const name of withheld) variables.delete(name)
  variables.set('ANTHROPIC_BASE_URL', gateway.url)
  if (gateway.access.kind === 'path') return
  variables.delete('ANTHROPIC_API_KEY')
  variables.delete('CLAUDE_CODE_OAUTH_TOKEN')
  variables.set('ANTHROPIC_AUTH_TOKEN', gateway.access.token)
}

/** Lowest layer first, so that the highest wins; a repository's settings are not trusted with the environment. */
function carrySettings(variables: Variables, layers: readonly SettingsLayer[]): void {
  for (const { scope, env } of layers.toReversed()) {
    if (scope === 'project' || scope === 'local') continue
    for (const [name, value] of Object.entries(env)) if (isCarried(name)) variables.set(name, value)
  }
}

/** Claude Code sends even loopback requests through a proxy, unless told otherwise (measured). */
function setNoProxy(variables: Variables, platform: NodeJS.Platform): void {
  const names = platform === 'win32' ? ['NO_PROXY'] : ['NO_PROXY', 'no_proxy']
  const known = names.map((name) => variables.get(name))
  for (const [index, name] of names.entries()) {
    variables.set(name, mergeNoProxy(known[index] ?? known.find((value) => value !== undefined)))
  }
}

/** What Claude Code switches off behind a base URL that is not its own, given back where it works. */
function features(input: ChildEnvironmentInput): Readonly<Record<string, string>> {
  const isWanted = (choice: 'auto' | 'on' | 'off') =>
    choice === 'on' || (choice === 'auto' && input.isFirstParty)
  return {
    ...(isWanted(input.toolSearch) && { ENABLE_TOOL_SEARCH: 'true' }),
    ...(isWanted(input.fineGrainedStreaming) && { CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING: '1' }),
  }
}

/** Adds variables that the user has not set, and notes their names for a run inside this one. */
function addUnset(variables: Variables, added: Readonly<Record<string, string>>): void {
  const unset = Object.entries(added).filter(([name]) => variables.get(name) === undefined)
  for (const [name, value] of unset) variables.set(name, value)
  variables.set('CLAUDE_GW_RUN_ADDED', unset.map(([name]) => name).join(','))
}

/** For a `claude-gw` that is started inside the session. */
function setMarkers(variables: Variables, { env, gateway, profile, runId }: ChildEnvironmentInput): void {
  if (!env['CLAUDE_GW_RUN_ID']) {
    const outer = env['ANTHROPIC_BASE_URL']
    if (outer) variables.set('CLAUDE_GW_RUN_OUTER_BASE_URL', outer)
    else variables.delete('CLAUDE_GW_RUN_OUTER_BASE_URL')
  }
  variables.set('CLAUDE_GW_RUN_ID', runId)
  variables.set('CLAUDE_GW_RUN_PROFILE', profile)
  variables.set('CLAUDE_GW_RUN_URL', gateway.url)
  variables.set('CLAUDE_GW_RUN_DEPTH', String(runDepth(env)))
  if (gateway.access.kind === 'token') variables.set('CLAUDE_GW_RUN_TOKEN', gateway.access.token)
  else variables.delete('CLAUDE_GW_RUN_TOKEN')
}

/** The user's own `--settings` with ours in it: given twice, only the last would count. An empty helper is none. */
function settingsDocument({ layers, gateway }: ChildEnvironmentInput): Readonly<Record<string, unknown>> {
  const own = layers.find(({ scope }) => scope === 'argument')
  const exceptions = layers.toReversed().flatMap(({ env }) => Object.entries(env))
  const noProxy = exceptions.filter(([name]) => /^no_proxy$/i.test(name))
  return {
    ...own?.document,
    ...(gateway.access.kind === 'token' && { apiKeyHelper: '' }),
    env: {
      ...own?.env,
      ANTHROPIC_BASE_URL: gateway.url,
      ...(gateway.access.kind === 'token' && { ANTHROPIC_AUTH_TOKEN: gateway.access.token }),
      ...Object.fromEntries(noProxy.map(([name, value]) => [name, mergeNoProxy(value)])),
    },
  }
}

function policyNote({ layer, key }: SettingsKey): string {
  if (key.startsWith('env.')) return `${layer.origin} sets ${key}, which leads past claude-gw`
  return layer.unreadable === undefined
    ? `${layer.origin} sets ${key}: this policy stays in force`
    : `${layer.origin} cannot be read (${layer.unreadable}): whatever policy it holds stays in force`
}

function uncarriedNotes(layers: readonly SettingsLayer[]): string[] {
  return layers
    .filter(({ scope }) => scope === 'project' || scope === 'local')
    .flatMap(({ origin, env }) =>
      Object.keys(env)
        .filter(isCarried)
        .map((name) => `${origin}: env.${name} has no effect in this run`),
    )
}
