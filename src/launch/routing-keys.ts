import type { SettingsLayer } from '../claude/layer.ts'
import type { ChildGateway } from './child-gateway.ts'
import { exceptsLoopback } from './no-proxy.ts'

/** A settings source and a key in it, for people. */
export interface SettingsKey {
  readonly layer: SettingsLayer
  /** `env.ANTHROPIC_BASE_URL`, `apiKeyHelper` */
  readonly key: string
}

const ADDRESSES = ['ANTHROPIC_BASE_URL', 'ANTHROPIC_UNIX_SOCKET']
/** Any of these is a login of Claude Code. */
export const CREDENTIALS = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN']

/** What would send requests to another address, highest layer first. An empty value counts as unset. */
export function addressKeys(layers: readonly SettingsLayer[]): SettingsKey[] {
  return environmentKeys(layers, (name, value) => value !== '' && ADDRESSES.includes(name))
}

/**
 * What would lead requests past the gateway, or show it another credential than its token, if the settings stayed as
 * they are: an address, a list of proxy exceptions that forgets the loopback, in token mode also credentials.
 */
export function routingKeys(
  layers: readonly SettingsLayer[],
  access: ChildGateway['access']['kind'],
  platform: NodeJS.Platform,
): SettingsKey[] {
  const names = access === 'token' ? [...ADDRESSES, ...CREDENTIALS] : ADDRESSES
  const helpers = access === 'token' ? layers.filter((layer) => layer.apiKeyHelper) : []
  return [
    ...environmentKeys(layers, (name, value) => value !== '' && names.includes(name)),
    ...environmentKeys(layers, (name, value) => isNoProxy(name, platform) && !exceptsLoopback(value)),
    ...helpers.map((layer) => ({ layer, key: 'apiKeyHelper' })),
  ]
}

/** What an administrator decides about the way to the API: base URL, helper, login. Also a source that cannot be read. */
export function policyKeys(layers: readonly SettingsLayer[]): SettingsKey[] {
  return layers
    .filter(({ scope }) => scope === 'managed')
    .flatMap((layer) => policyKeysOf(layer).map((key) => ({ layer, key })))
}

function policyKeysOf(layer: SettingsLayer): string[] {
  const pins = (['apiKeyHelper', 'forceLoginMethod', 'forceLoginOrgUUID'] as const).filter(
    (key) => layer[key],
  )
  const addresses = ADDRESSES.filter((name) => layer.env[name]).map((name) => `env.${name}`)
  return [...addresses, ...pins, ...(layer.unreadable === undefined ? [] : ['(unreadable)'])]
}

function environmentKeys(
  layers: readonly SettingsLayer[],
  isWanted: (name: string, value: string) => boolean,
): SettingsKey[] {
  return layers.flatMap((layer) =>
    Object.entries(layer.env)
      .filter(([name, value]) => isWanted(name, value))
      .map(([name]) => ({ layer, key: `env.${name}` })),
  )
}

/**
 * Claude Code looks at the lower-case name first, and that one stays as we set it unless settings have it too. An empty
 * one counts: then it looks at the other name, which the same settings may have.
 */
function isNoProxy(name: string, platform: NodeJS.Platform): boolean {
  return name === 'no_proxy' || (platform === 'win32' && /^no_proxy$/i.test(name))
}
