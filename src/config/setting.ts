import type { ConfigKey } from './schema.ts'

/** `--upstream`, `CLAUDE_GW_UPSTREAM`, `/path/config.json:12`, or `default`. */
export type Origin = string

/** What one place says about a key, or about one entry of a map. */
export interface Setting {
  readonly key: ConfigKey
  /** The name of the entry, where the key is a map. */
  readonly entry?: string
  readonly value: unknown
  readonly origin: Origin
  /** Whether nobody below the machine file can change it. */
  readonly isEnforced?: boolean
}

/** `upstream`, or `tags.project`. */
export function settingName({ key, entry }: Pick<Setting, 'key' | 'entry'>): string {
  return entry === undefined ? key : `${key}.${entry}`
}
