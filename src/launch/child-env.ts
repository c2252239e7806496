import type { Environment } from '../claude/environment.ts'
import type { SettingsLayer } from '../claude/layer.ts'
import type { UpstreamFeatures } from '../config/upstream-features.ts'
import { isCarried } from './carried.ts'
import type { ChildGateway } from './child-gateway.ts'
import { markOf, runDepth } from './child-gateway.ts'
import type { Routing } from './diversion.ts'
import { planRouting, routingNotes } from './diversion.ts'
import { mergeNoProxy } from './no-proxy.ts'
import { Variables } from './variables.ts'

export interface ChildEnvironmentInput {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** Highest first. */
  readonly layers: readonly SettingsLayer[]
  readonly gateway: ChildGateway
  readonly profile: string
  readonly runId: string
  /** The upstream that variables and files name. */
  readonly configuredUpstream: string
  /** What is known to work through the upstream. */
  readonly features: UpstreamFeatures
  readonly toolSearch: 'auto' | 'on' | 'off'
  readonly fineGrainedStreaming: 'auto' | 'on' | 'off'
  /** Names of the variables that hold the upstream credential. */
  readonly withheld: readonly string[]
  /** Whether another process of Claude Code's own will run the session. */
  readonly isBackground: boolean
}

export interface ChildEnvironment {
  readonly env: Readonly<Record<string, string>>
  readonly routing: Routing
  /** For people: what is not as it would be without us. */
  readonly notes: readonly string[]
}

/**
 * The environment of the child, and what else it needs to stay on the gateway.
 * https://code.claude.com/docs/en/env-vars and https://code.claude.com/docs/en/llm-gateway
 */
export function childEnvironment(input: ChildEnvironmentInput): ChildEnvironment {
  const { env, platform, layers } = input
  const routing = planRouting(input)
  const variables = new Variables(env, platform)
  const inherited = takeInherited(variables, input)
  setCredentials(variables, input)
  if (routing.kind === 'host') carrySettings(variables, layers)
  setNoProxy(variables, platform)
  setMarkers(variables, input)
  addUnset(variables, inherited, {
    ...features(input),
    ...(routing.kind === 'host' && { CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1' }),
  })
  return { env: variables.toObject(), routing, notes: routingNotes(layers, routing) }
}

/**
 * What an outer run has added for its own sake is taken back, unless this one uses the same gateway.
 * @returns the names that remain
 */
function takeInherited(variables: Variables, { env, runId }: ChildEnvironmentInput): string[] {
  const names = (env['CLAUDE_GW_RUN_ADDED'] ?? '').split(',').filter(Boolean)
  if (env['CLAUDE_GW_RUN_ID'] === runId) return names
  for (const name of names) variables.delete(name)
  return []
}

/** In path mode the child shows its own login, so that stays as it is; the token of an outer gateway is none. */
function setCredentials(variables: Variables, { env, gateway, withheld }: ChildEnvironmentInput): void {
  for (const name of withheld) variables.delete(name)
  variables.set('ANTHROPIC_BASE_URL', gateway.url)
  if (gateway.access.kind === 'path') {
    const outerToken = env['CLAUDE_GW_RUN_TOKEN']
    if (outerToken && variables.get('ANTHROPIC_AUTH_TOKEN') === outerToken)
      variables.delete('ANTHROPIC_AUTH_TOKEN')
    return
  }
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

/** For a `claude-gw` that is started inside the session. */
function setMarkers(variables: Variables, input: ChildEnvironmentInput): void {
  const { env, platform, gateway, profile, runId, configuredUpstream } = input
  if (!env['CLAUDE_GW_RUN_ID']) {
    const outer = new Variables(env, platform).get('ANTHROPIC_BASE_URL')
    if (outer && !holdsPassword(outer)) variables.set('CLAUDE_GW_RUN_OUTER_BASE_URL', outer)
    else variables.delete('CLAUDE_GW_RUN_OUTER_BASE_URL')
  }
  variables.set('CLAUDE_GW_RUN_ID', runId)
  variables.set('CLAUDE_GW_RUN_PROFILE', profile)
  variables.set('CLAUDE_GW_RUN_UPSTREAM', markOf(configuredUpstream))
  variables.set('CLAUDE_GW_RUN_URL', gateway.url)
  variables.set('CLAUDE_GW_RUN_DEPTH', String(runDepth(env)))
  if (gateway.access.kind === 'token') variables.set('CLAUDE_GW_RUN_TOKEN', gateway.access.token)
  else variables.delete('CLAUDE_GW_RUN_TOKEN')
}

/** Such an address is refused as an upstream, and its password is for nobody to see. */
function holdsPassword(url: string): boolean {
  return url.includes('@')
}

/** What Claude Code switches off behind a base URL that is not its own, given back where it works. */
function features(input: ChildEnvironmentInput): Readonly<Record<string, string>> {
  const isWanted = (name: keyof UpstreamFeatures) =>
    input[name] === 'on' || (input[name] === 'auto' && input.features[name] === true)
  return {
    ...(isWanted('toolSearch') && { ENABLE_TOOL_SEARCH: 'true' }),
    ...(isWanted('fineGrainedStreaming') && { CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING: '1' }),
  }
}

/** Adds variables that the user has not set, and notes their names for a run inside this one. */
function addUnset(
  variables: Variables,
  inherited: readonly string[],
  added: Readonly<Record<string, string>>,
): void {
  const unset = Object.entries(added).filter(([name]) => variables.get(name) === undefined)
  for (const [name, value] of unset) variables.set(name, value)
  variables.set('CLAUDE_GW_RUN_ADDED', [...inherited, ...unset.map(([name]) => name)].join(','))
}
