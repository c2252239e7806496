import { GatewayError } from '../base/errors.ts'
import type { Flags } from './global-options.ts'
import { optionName } from './global-options.ts'
import { nearest } from './nearest.ts'
import type { ConfigKey, Key, Values } from './schema.ts'
import { environmentName, SCHEMA } from './schema.ts'

/** Values with the place each came from. */
export interface Config {
  readonly values: Values
  readonly origins: Readonly<Record<ConfigKey, Origin>>
}

/** `--upstream`, `CLAUDE_GW_UPSTREAM`, or `default`. */
export type Origin = string

/** Variables that claude-gw sets or reads itself and that are no keys of the configuration. */
const RESERVED = /^CLAUDE_GW_(STATE_DIR|LOOKUP_DEPTH|RUN_\w+)$/

/**
 * The configuration: flags over `CLAUDE_GW_*` variables over defaults.
 * @throws GatewayError CONFIG_UNKNOWN_KEY, CONFIG_BAD_VALUE
 */
export function resolveConfig(flags: Flags, env: Readonly<Record<string, string | undefined>>): Config {
  rejectUnknownVariables(env)
  const values: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const name of Object.keys(SCHEMA) as ConfigKey[]) {
    const variable = environmentName(name)
    const layers = [
      { text: flags[name], origin: `--${optionName(name) ?? name}` },
      { text: env[variable], origin: variable },
    ]
    const found = layers.find((layer) => layer.text !== undefined && layer.text !== '')
    values[name] = found?.text === undefined ? SCHEMA[name].default : parse(name, found.text, found.origin)
    origins[name] = found?.origin ?? 'default'
  }
  return { values: values as Values, origins: origins as Record<ConfigKey, Origin> }
}

function rejectUnknownVariables(env: Readonly<Record<string, string | undefined>>): void {
  const known = (Object.keys(SCHEMA) as ConfigKey[]).map(environmentName)
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('CLAUDE_GW_') || RESERVED.test(variable) || known.includes(variable)) continue
    const guess = nearest(variable, known)
    throw new GatewayError('CONFIG_UNKNOWN_KEY', {
      origin: 'environment',
      key: variable,
      nearest: guess ? `; did you mean \`${guess}\`?` : '',
    })
  }
}

function parse(name: ConfigKey, text: string, origin: Origin): unknown {
  const { kind } = SCHEMA[name] as Key<unknown>
  const value = kind.parse(text)
  if (value !== undefined) return value
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin,
    key: name,
    expected: kind.expected,
    value: name === 'headers' ? 'what stands there (it is not shown: it may hold a key)' : `"${text}"`,
  })
}
