import { nearest } from '../base/nearest.ts'
import { CONFIG_KEYS, environmentName } from './schema.ts'

/** Ours, and no keys. */
const DIRECTORIES = ['CLAUDE_GW_STATE_DIR', 'CLAUDE_GW_CONFIG_DIR']
const INTERNAL = /^CLAUDE_GW_(LOOKUP_DEPTH|RUN_\w+)$/

export interface UnknownVariable {
  readonly name: string
  /** What was probably meant. */
  readonly nearest: string | undefined
}

/** The variables that begin as ours do, and mean nothing. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly UnknownVariable[] {
  const known = [...DIRECTORIES, ...CONFIG_KEYS.map(environmentName)]
  return Object.keys(env)
    .filter((name) => name.startsWith('CLAUDE_GW_') && !INTERNAL.test(name) && !known.includes(name))
    .map((name) => ({ name, nearest: nearest(name, known) }))
}
