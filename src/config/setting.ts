import type { ConfigKey } from './schema.ts'
import { CONFIG_KEYS, keyOf } from './schema.ts'

/** `--upstream`, `CLAUDE_GW_UPSTREAM`, `/path/config.json:12`, or `default`. */
export type Origin = string

/** A key, or one entry of a map. */
export interface SettingKey {
  readonly key: ConfigKey
  readonly entry?: string
}

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

/** The key with that name in a profile or at the top; undefined if there is none. */
export function findSettingKey(name: string): SettingKey | undefined {
  const key = CONFIG_KEYS.find((candidate) => candidate === name)
  if (key) return { key }
  const map = CONFIG_KEYS.find(
    (candidate) => keyOf(candidate).kind.entries && name.startsWith(`${candidate}.`),
  )
  return map && { key: map, entry: name.slice(map.length + 1) }
}
