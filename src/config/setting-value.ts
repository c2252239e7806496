import { isLiteralSecret, literalSecret } from './literal-secret.ts'
import type { TextMap } from './map-kind.ts'
import { parseJson } from './map-kind.ts'
import { keyOf } from './schema.ts'
import type { SettingName } from './setting-name.ts'
import { badValue, shownValue } from './value-error.ts'

/**
 * The JSON that a file has for the text of a value. A secret is refused in this file too: it is stored elsewhere.
 * @throws GatewayError CONFIG_BAD_VALUE, CONFIG_LITERAL_SECRET
 */
export function parseSettingValue(name: SettingName, text: string): unknown {
  const { key, entry } = name
  const { kind } = keyOf(key)
  const shown = name.names.join('.')
  const value = entry === undefined ? kind.parse(text) : kind.entries?.isEntry(entry, text) ? text : undefined
  if (value === undefined)
    throw (
      kind.explain?.(parseJson(text), () => 'config') ??
      badValue('config', shown, kind.expected, shownValue(key, text))
    )
  const parts =
    entry === undefined && kind.entries ? Object.entries(value as TextMap) : [[entry, text] as const]
  for (const [part, item] of parts) {
    const setting = { key, ...(part !== undefined && { entry: part }) }
    if (isLiteralSecret(typeof item === 'object' ? JSON.stringify(item) : String(item), setting))
      throw literalSecret('config', shown, setting)
  }
  return entry === undefined ? kind.write(value) : text
}
