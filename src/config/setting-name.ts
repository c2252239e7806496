import { SCHEMA } from './schema.ts'
import type { SettingKey } from './setting.ts'
import { findSettingKey } from './setting.ts'
import { settingHint } from './setting-hint.ts'
import { unknownKey } from './value-error.ts'

/** A key, or one entry of a map, as a user types it, and where it stands in a file. */
export interface SettingName extends SettingKey {
  readonly profile?: string
  /** The names from the top of the file down to it. */
  readonly names: readonly string[]
}

/**
 * Reads `upstream`, `tags.project` or `profiles.work.upstream`. Names of profiles and of entries may hold dots.
 * @throws GatewayError CONFIG_UNKNOWN_KEY with the nearest right one
 */
export function parseSettingName(text: string): SettingName {
  const found = findSettingKey(text)
  if (found) return { ...found, names: namesOf(found) }
  for (const match of text.matchAll(/(?<=^profiles\..+)\./g)) {
    const profile = text.slice('profiles.'.length, match.index)
    const setting = findSettingKey(text.slice(match.index + 1))
    if (!setting || setting.key === 'profile' || SCHEMA.profile.kind.parse(profile) === undefined) continue
    return { ...setting, profile, names: ['profiles', profile, ...namesOf(setting)] }
  }
  throw unknownKey('config', text, settingHint(text))
}

function namesOf({ key, entry }: SettingKey): string[] {
  return [...key.split('.'), ...(entry === undefined ? [] : [entry])]
}
