import { isLiteralSecret } from '../config/literal-secret.ts'
import type { Sourced } from '../config/merge.ts'
import { keyOf } from '../config/schema.ts'
import type { SettingKey } from '../config/setting-name.ts'
import { MASK } from '../exchange/redact.ts'

/**
 * A value as JSON has it in a file, null where the default is found elsewhere. A secret is masked: files may hold none,
 * but variables and a proxy's URL can.
 */
export function settingJson(setting: SettingKey, { value, origin }: Sourced): unknown {
  if (defaultWords(setting, origin) !== undefined) return null
  const json = setting.entry === undefined ? keyOf(setting.key).kind.write(value) : value
  return typeof json === 'string' ? masked(json, setting) : json
}

/** The same for people, who get words in place of a null. */
export function settingText(setting: SettingKey, sourced: Sourced): string {
  const words = defaultWords(setting, sourced.origin)
  if (words !== undefined) return `(${words})`
  const json = settingJson(setting, sourced)
  return typeof json === 'string' ? json : JSON.stringify(json)
}

function defaultWords({ key }: SettingKey, origin: string): string | undefined {
  return origin === 'default' ? keyOf(key).defaultWords?.replaceAll('`', '') : undefined
}

const USER_OF_ANY_URL = /(\b[a-z][a-z\d+.-]*:\/\/)[^/?#\s]*@/gi
/** Where nothing but a URL may stand, with or without its beginning. */
const USER_OF_URL = /^([a-z][a-z\d+.-]*:\/\/)?[^/?#]*@/i

/** Of URLs only the part that could be the secret. */
function masked(text: string, setting: SettingKey): string {
  const user = setting.key === 'upstream' || setting.key === 'proxy' ? USER_OF_URL : USER_OF_ANY_URL
  const plain = text.replace(user, `$1${MASK}@`)
  return isLiteralSecret(plain.replaceAll(MASK, ''), setting) ? MASK : plain
}
