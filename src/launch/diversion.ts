import type { SettingsLayer } from '../claude/layer.ts'
import { isCarried } from './carried.ts'
import type { ChildGateway } from './child-gateway.ts'
import { mergeNoProxy } from './no-proxy.ts'
import type { SettingsKey } from './routing-keys.ts'
import { CREDENTIALS, policyKeys, routingKeys } from './routing-keys.ts'

/**
 * How settings files are kept from leading past the gateway. `none` nothing is in the way; `host` Claude Code takes
 * its routing from the environment only; `settings` this document has to be given to it with `--settings`, because
 * the environment alone would lose.
 */
export type Routing =
  | { readonly kind: 'none' }
  | { readonly kind: 'host' }
  | { readonly kind: 'settings'; readonly document: Readonly<Record<string, unknown>> }

export interface DivertingSettings {
  /** Highest first. */
  readonly layers: readonly SettingsLayer[]
  readonly gateway: ChildGateway
  readonly platform: NodeJS.Platform
  /** Names of the variables that hold the upstream credential. */
  readonly withheld: readonly string[]
  readonly isBackground: boolean
}

/**
 * What is to be done about settings that lead elsewhere.
 * The host-managed switch has a price: with it a saved login and the helper are not used, and programs that Claude
 * Code starts do not see its token, so that a `claude` in a hook is not logged in (measured on 2.1.329). It is
 * therefore set only where settings would lead away, in token mode, and where no policy has a say. It is never set for
 * background sessions, which are such programs.
 */
export function planRouting(settings: DivertingSettings): Routing {
  const { layers, gateway, platform, isBackground } = settings
  const changeable = layers.filter(({ scope }) => scope !== 'managed')
  if (routingKeys(changeable, gateway.access.kind, platform).length === 0) return { kind: 'none' }
  const isHostManaged = gateway.access.kind === 'token' && policyKeys(layers).length === 0 && !isBackground
  return isHostManaged ? { kind: 'host' } : { kind: 'settings', document: settingsDocument(settings) }
}

/** What a user should know: which policy stays in force, and which of their settings do not. */
export function routingNotes(layers: readonly SettingsLayer[], routing: Routing): string[] {
  const policies = policyKeys(layers).map(policyNote)
  switch (routing.kind) {
    case 'none':
      return policies
    case 'host':
      return [...policies, ...uncarriedNotes(layers)]
    case 'settings':
      return [...policies, ...replacedNotes(layers)]
  }
}

/**
 * The user's own `--settings` with ours in it: given twice, only the last would count. An empty helper is none, and an
 * empty variable takes the place of a credential that other settings have.
 */
function settingsDocument({
  layers,
  gateway: { url, access },
  withheld,
}: DivertingSettings): Readonly<Record<string, unknown>> {
  const own = layers.find(({ scope }) => scope === 'argument')
  const lowestFirst = layers.toReversed().flatMap(({ env }) => Object.entries(env))
  const credentials = access.kind === 'token' ? [...CREDENTIALS, ...withheld] : withheld
  const exceptions = lowestFirst.filter(([name]) => /^no_proxy$/i.test(name))
  return {
    ...own?.document,
    ...(access.kind === 'token' && { apiKeyHelper: '' }),
    env: {
      ...own?.env,
      ...Object.fromEntries(credentials.map((name) => [name, ''])),
      ANTHROPIC_BASE_URL: url,
      ...(access.kind === 'token' && { ANTHROPIC_AUTH_TOKEN: access.token }),
      ...Object.fromEntries(exceptions.map(([name, value]) => [name, mergeNoProxy(value)])),
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

/** What could not be read is not in the settings that take its place. */
function replacedNotes(layers: readonly SettingsLayer[]): string[] {
  return layers
    .filter(({ scope, unreadable }) => scope === 'argument' && unreadable !== undefined)
    .map(({ origin, unreadable }) => `${origin} has no effect in this run: ${unreadable}`)
}
