import type { ConfigEntry, Sourced } from '../../config/merge.ts'
import { escapeJson } from '../output.ts'
import { settingJson } from './setting-text.ts'
import { visibleName } from './visible-value.ts'

/** What counts for a key, for programs: one element of `config list --json`. */
export interface ConfigJson {
  /** `upstream`, or `tags.project`. */
  readonly key: string
  /** As JSON has it in a file; null where the default is found elsewhere. */
  readonly value: unknown
  readonly origin: string
  /** What lower layers say, highest first. */
  readonly shadowed: readonly { readonly origin: string; readonly value: unknown }[]
  readonly enforced?: true
}

/** The documented form of an entry. */
export function toConfigJson(entry: ConfigEntry): ConfigJson {
  const shown = (sourced: Sourced) => ({ origin: sourced.origin, value: settingJson(entry, sourced) })
  const { name, shadowed, isEnforced } = entry
  return {
    key: visibleName(name),
    ...shown(entry),
    shadowed: shadowed.map(shown),
    ...(isEnforced && { enforced: true }),
  }
}

/** JSON for a stream, with a newline behind it; on a terminal nothing in it moves the cursor. */
export function jsonText(value: unknown, { isTTY }: { readonly isTTY?: boolean }): string {
  const lines = JSON.stringify(value, undefined, 2).split('\n')
  return lines.map((line) => `${isTTY ? escapeJson(line) : line}\n`).join('')
}
