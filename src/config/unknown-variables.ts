import { nearest } from '../base/nearest.ts'
import { guideVariable } from './guide-names.ts'
import { CONFIG_KEYS, environmentName } from './schema.ts'

/** Ours, and no keys. */
const DIRECTORIES = ['CLAUDE_GW_STATE_DIR', 'CLAUDE_GW_CONFIG_DIR']
const INTERNAL = /^CLAUDE_GW_(LOOKUP_DEPTH|RUN_\w+)$/
const BEGINNING = 'CLAUDE_GW_'

export interface UnknownVariable {
  readonly name: string
  /** What was probably meant, for people: `did you mean CLAUDE_GW_AUTH?`. */
  readonly hint: string | undefined
}

/** The variables that begin as ours do, and mean nothing. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly UnknownVariable[] {
  const known = [...DIRECTORIES, ...CONFIG_KEYS.map(environmentName)]
  return Object.keys(env)
    .filter((name) => name.startsWith(BEGINNING) && !INTERNAL.test(name) && !known.includes(name))
    .map((name) => ({ name, hint: hintFor(name, known) }))
}

function hintFor(name: string, known: readonly string[]): string | undefined {
  const elsewhere = guideVariable(name.slice(BEGINNING.length), environmentName)
  const guess = elsewhere === undefined ? nearest(name, known) : undefined
  return guess === undefined ? elsewhere : `did you mean \`${guess}\`?`
}
