import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import { parseJsonTree } from './json-tree.ts'
import { holdsLiteralSecret, isLiteralSecret, literalSecret } from './literal-secret.ts'
import { keyOf } from './schema.ts'
import type { SettingName } from './setting-name.ts'
import { shownName } from './shown-name.ts'
import type { TextPlace } from './text-fault.ts'
import { textFault } from './text-fault.ts'
import { badValue, shownValue } from './value-error.ts'

/**
 * The JSON that a file has for the text of a value. A secret is refused in this file too: it is stored elsewhere.
 * @throws GatewayError CONFIG_BAD_VALUE, CONFIG_MALFORMED, CONFIG_LITERAL_SECRET
 */
export function parseSettingValue(name: SettingName, text: string): unknown {
  const json = readText(name, text)
  if (isJsonObject(json)) parseJsonTree(text, 'config', 'write each name once')
  for (const [entry, item] of partsOf(name, json)) {
    const setting = { key: name.key, ...(entry !== undefined && { entry }) }
    // Profiles and entries may be called by what looks like a key.
    const called = [...name.names, ...(entry === undefined ? [] : [entry])]
    if (called.some((one) => isLiteralSecret(one, undefined)) || holdsLiteralSecret(item, setting))
      throw literalSecret('config', name.names.join('.'), setting)
  }
  return json
}

function readText(name: SettingName, text: string): unknown {
  const { key, entry } = name
  const { kind } = keyOf(key)
  if (entry !== undefined) return readEntry(name, entry, text)
  const value = kind.parse(text)
  if (value === undefined) throw textFault(placeOf(name), text)
  return kind.write(value)
}

function readEntry(name: SettingName, entry: string, text: string): unknown {
  const { entries, explain } = keyOf(name.key).kind
  const [whole = '', ...part] = entry.split('.')
  // A rule counts as a whole: a part of it from elsewhere would make one that nobody wrote.
  if (explain && part.length > 0)
    throw badValue('config', `${name.key}.${whole}`, 'set whole', `only its \`${shownName(part.join('.'))}\``)
  const json = entries?.parse(text)
  if (json === undefined) throw badValue('config', name.names.join('.'), 'JSON', shownValue(name.key, text))
  if (!entries?.isEntry(entry, json)) throw textFault(placeOf(name), text, { [entry]: json })
  return json
}

function placeOf({ key, names }: SettingName): TextPlace {
  return { origin: 'config', key, name: names.join('.') }
}

/** Of a map each entry; anything else is one part. */
function partsOf(
  { key, entry }: SettingName,
  json: unknown,
): readonly (readonly [string | undefined, unknown])[] {
  const isWholeMap = entry === undefined && keyOf(key).kind.entries !== undefined
  return isWholeMap ? Object.entries(json as JsonObject) : [[entry, json]]
}
