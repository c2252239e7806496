import { GatewayError } from '../../base/errors.ts'
import { listEntries } from '../../broker/registry.ts'
import { parseClaudeArguments } from '../../claude/arguments.ts'
import type { SettingsLayer } from '../../claude/layer.ts'
import type { SettingsFacts } from '../../doctor/local/settings.ts'
import { checkLaunch } from '../../launch/preconditions.ts'
import type { SettingsKey } from '../../launch/routing-keys.ts'
import { policyKeys, routingKeys } from '../../launch/routing-keys.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import type { ClaudeState } from '../upstream/claude-state.ts'

/** What settings of Claude Code say about the way to the API, in words without secrets. */
export function settingsFacts(
  context: Context,
  { layers }: ClaudeState,
  upstream: Upstream | undefined,
): SettingsFacts {
  const managed = layers.filter(({ scope }) => scope === 'managed')
  const own = layers.filter(({ scope }) => scope !== 'managed')
  const gateways = listEntries(context.stateDirectory()).map(({ url }) => url)
  const welcome = upstream ? [upstream.name, ...gateways] : gateways
  const diversions = divertingKeys(own, context.platform).filter(
    (key) => !welcome.includes(addressOf(key) ?? ''),
  )
  const policies = policyKeys(managed)
  const isAddress = ({ key }: SettingsKey) => key.startsWith('env.')
  return {
    files: own.map(({ origin }) => origin),
    refusal: refusalOf(context, layers),
    unreadable: own.filter(({ unreadable }) => unreadable !== undefined).map(faultOf),
    diversions: diversions.map(describe),
    managed: {
      files: managed.map(({ origin }) => origin),
      addresses: policies.filter(isAddress).map(describe),
      policies: policies.filter((policy) => !isAddress(policy)).map(describe),
    },
  }
}

/** A repository's credential is one too; that of a user is theirs. */
function divertingKeys(layers: readonly SettingsLayer[], platform: NodeJS.Platform): readonly SettingsKey[] {
  const isOfRepository = ({ scope }: SettingsLayer) => scope === 'project' || scope === 'local'
  return [
    ...routingKeys(layers.filter(isOfRepository), 'token', platform),
    ...routingKeys(
      layers.filter((layer) => !isOfRepository(layer)),
      'path',
      platform,
    ),
  ]
}

/** As the name of an upstream has it. */
function addressOf({ layer, key }: SettingsKey): string | undefined {
  if (key !== 'env.ANTHROPIC_BASE_URL') return undefined
  return layer.env['ANTHROPIC_BASE_URL']?.replace(/\/+$/, '').replace(/\/v1$/, '')
}

/** Of values only where an address leads is shown: all else may be secret. */
function describe({ layer, key }: SettingsKey): string {
  if (key === '(unreadable)') return faultOf(layer)
  const address = key === 'env.ANTHROPIC_BASE_URL' ? layer.env['ANTHROPIC_BASE_URL'] : undefined
  const value = address !== undefined && URL.canParse(address) ? ` (${new URL(address).origin})` : ''
  return `${key}${value} in ${layer.origin}`
}

function faultOf({ origin, unreadable }: SettingsLayer): string {
  return `${origin} cannot be read: ${unreadable}`
}

/** Why `run` would not start a session. */
function refusalOf({ env }: Context, layers: readonly SettingsLayer[]): GatewayError | undefined {
  try {
    checkLaunch({ args: parseClaudeArguments([]), env, layers, profile: '', isServed: true })
    return undefined
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
}
