import type { Sourced } from '../../config/merge.ts'
import { keyOf } from '../../config/schema.ts'
import type { SettingKey } from '../../config/setting.ts'
import type { Audience } from './visible-value.ts'
import { visibleJson } from './visible-value.ts'

/** A value as JSON has it in a file, null where the default is found elsewhere; what could be a secret is masked. */
export function settingJson(
  setting: SettingKey,
  { value, origin }: Sourced,
  audience: Audience = 'anybody',
): unknown {
  if (defaultWords(setting, origin) !== undefined) return null
  const json = setting.entry === undefined ? keyOf(setting.key).kind.write(value) : value
  return visibleJson(json, setting, audience)
}

/** The same for people, who get words in place of a null. */
export function settingText(setting: SettingKey, sourced: Sourced, audience: Audience = 'anybody'): string {
  const words = defaultWords(setting, sourced.origin)
  if (words !== undefined) return `(${words})`
  const json = settingJson(setting, sourced, audience)
  return typeof json === 'string' ? json : JSON.stringify(json)
}

function defaultWords({ key }: SettingKey, origin: string): string | undefined {
  return origin === 'default' ? keyOf(key).defaultWords?.replaceAll('`', '') : undefined
}
