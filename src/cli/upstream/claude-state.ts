import { release } from 'node:os'
import { listEntries } from '../../broker/registry.ts'
import type { ClaudeArguments } from '../../claude/arguments.ts'
import type { SettingsLayer, SettingsScope } from '../../claude/layer.ts'
import type { ClaudePlaces } from '../../claude/places.ts'
import { claudePlaces } from '../../claude/places.ts'
import { readSettings } from '../../claude/settings.ts'
import type { ApiKeyHelper } from '../../credentials/api-key-helper.ts'
import type { Context } from '../context.ts'
import { userName } from '../user.ts'
import type { ClaudeSources } from './upstream.ts'
import { withoutOwnGateways } from './upstream.ts'

/** What Claude Code has on this machine for one invocation. */
export interface ClaudeState extends ClaudeSources {
  readonly places: ClaudePlaces
  /** Highest first. */
  readonly layers: readonly SettingsLayer[]
}

/** Reads all settings that Claude Code would read; those of a repository are for reporting only. */
export async function readClaudeState(
  context: Context,
  args: Pick<ClaudeArguments, 'settings' | 'settingSources'> = {},
): Promise<ClaudeState> {
  const { env, home, cwd, platform } = context
  const places = claudePlaces({ env, home, cwd, platform, user: userName(env) ?? '', kernel: release() })
  const layers = await readSettings(places, args)
  const managedEnv = envOf(layers, ['managed'])
  const userEnv = envOf(layers, ['argument', 'user'])
  const gateways = listEntries(context.stateDirectory())
  const apiKeyHelper = findApiKeyHelper(layers)
  const model = layers.find((layer) => layer.model)?.model
  return {
    places,
    layers,
    ...withoutOwnGateways({ env, managedEnv, userEnv }, gateways),
    ...(apiKeyHelper && { apiKeyHelper }),
    ...(model && { model }),
  }
}

/** An empty one switches those below it off (measured). */
function findApiKeyHelper(layers: readonly SettingsLayer[]): ApiKeyHelper | undefined {
  const layer = layers.find(
    ({ scope, apiKeyHelper }) => scope !== 'project' && scope !== 'local' && apiKeyHelper !== undefined,
  )
  return layer?.apiKeyHelper ? { command: layer.apiKeyHelper, origin: layer.origin } : undefined
}

function envOf(layers: readonly SettingsLayer[], scopes: readonly SettingsScope[]): Record<string, string> {
  const chosen = layers.filter(({ scope }) => scopes.includes(scope)).toReversed()
  return Object.assign({}, ...chosen.map(({ env }) => env))
}
