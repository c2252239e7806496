import type { ConfigKey } from './schema.ts'
import { CONFIG_KEYS, keyOf } from './schema.ts'
import type { Origin, Setting } from './setting.ts'
import { settingName } from './setting.ts'

/** A value and the place it stands in. */
export interface Sourced {
  readonly value: unknown
  readonly origin: Origin
}

/** What counts for a key, or for one entry of a map. */
export interface ConfigEntry extends Sourced {
  /** `upstream`, or `tags.project`. */
  readonly name: string
  readonly key: ConfigKey
  readonly entry?: string
  /** Whether nobody below the machine file can change it. */
  readonly isEnforced: boolean
  /** What lower layers say, highest first. */
  readonly shadowed: readonly Sourced[]
}

/**
 * Lays one layer of settings over the next. The result has one entry for each key, or for each entry of a map; a map
 * without entries has none.
 * @param layers highest first
 */
export function mergeLayers(layers: readonly (readonly Setting[])[]): ConfigEntry[] {
  const settings = layers.flat()
  return CONFIG_KEYS.flatMap((key) => {
    const found = settings.filter((setting) => setting.key === key)
    if (keyOf(key).kind.entries) return mergeEntries(key, found)
    return [toEntry(key, [...found, { key, value: keyOf(key).default, origin: 'default' }])]
  })
}

/** Whether two settings are about the same: the same key, and of a map the same entry. */
export function isSameSetting(left: Setting, right: Setting): boolean {
  return left.key === right.key && identityOf(left) === identityOf(right)
}

function mergeEntries(key: ConfigKey, settings: readonly Setting[]): ConfigEntry[] {
  const groups = new Map<string, Setting[]>()
  for (const setting of settings) {
    const identity = identityOf(setting) ?? ''
    groups.set(identity, [...(groups.get(identity) ?? []), setting])
  }
  return [...groups.values()].map((group) => toEntry(key, group))
}

function identityOf({ key, entry }: Setting): string | undefined {
  return entry === undefined ? undefined : keyOf(key).kind.entries?.identity(entry)
}

function toEntry(key: ConfigKey, settings: readonly Setting[]): ConfigEntry {
  const [winner, ...rest] = settings as [Setting, ...Setting[]]
  const { value, origin, entry, isEnforced = false } = winner
  return {
    name: settingName(winner),
    key,
    ...(entry !== undefined && { entry }),
    value,
    origin,
    isEnforced,
    shadowed: rest
      .filter((setting) => setting.origin !== 'default')
      .map((setting) => ({ value: setting.value, origin: setting.origin })),
  }
}
