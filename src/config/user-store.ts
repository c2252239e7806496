import { renameSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import { readFileBytes, unreadable } from './file-bytes.ts'
import { parseJsonTree } from './json-tree.ts'
import { withLock } from './lock.ts'
import { userFilePath } from './paths.ts'
import { badValue } from './value-error.ts'

/** The user's file, for changes. Names from the top of the file down, as `parseSettingName` gives them. */
export interface UserStore {
  /** The JSON that stands there, or undefined. */
  readonly get: (names: readonly string[]) => Promise<unknown>
  readonly set: (names: readonly string[], json: unknown) => Promise<void>
  /** @returns whether there was something */
  readonly unset: (names: readonly string[]) => Promise<boolean>
  /** Several at once, or none of them. @returns what stood there before: given back, it undoes this */
  readonly exchange: (entries: readonly StoredEntry[]) => Promise<readonly StoredEntry[]>
}

export interface StoredEntry {
  readonly names: readonly string[]
  /** Undefined where nothing stands, or shall. */
  readonly json: unknown
}

type Document = Record<string, unknown>

/**
 * Opens the file for changes that lose nothing: those of several processes happen one after the other, and what is not
 * known here stays. Each method @throws GatewayError CONFIG_MALFORMED for a file that is no JSON object, which is then
 * kept aside; CONFIG_UNREADABLE, CONFIG_UNWRITABLE
 * @param directory of the user's configuration
 */
export async function openUserStore(directory: string): Promise<UserStore> {
  const path = userFilePath(directory)
  const { default: Conf } = await import('conf')
  const open = () => {
    keepMalformedAside(path)
    // Names of models and headers hold dots; the file and its folder are for their owner alone.
    return new Conf<Document>({
      cwd: dirname(path),
      projectName: 'claude-gw',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
    })
  }
  const exchange = (entries: readonly StoredEntry[]) =>
    withLock(path, () => {
      const file = open()
      const before = entries.map(({ names }) => ({ names, json: valueAt(file.store, names) }))
      for (const entry of entries) refuseOtherKind(file.store, entry, path)
      file.store = entries.reduce(withEntry, file.store)
      return before
    })
  return {
    get: (names) => withLock(path, () => valueAt(open().store, names)),
    set: async (names, json) => void (await exchange([{ names, json }])),
    unset: (names) =>
      withLock(path, () => {
        const file = open()
        const isThere = valueAt(file.store, names) !== undefined
        if (isThere) file.store = withoutValue(file.store, names)
        return isThere
      }),
    exchange,
  }
}

/** What stands where an object belongs may be all that somebody has: it is not replaced by the way. @throws GatewayError CONFIG_BAD_VALUE */
function refuseOtherKind(document: Document, { names, json }: StoredEntry, path: string): void {
  if (json === undefined) return
  for (const [index] of names.slice(1).entries()) {
    const above = names.slice(0, index + 1)
    const value = valueAt(document, above)
    if (value === undefined) return
    if (isJsonObject(value)) continue
    const shown = Array.isArray(value) ? 'an array' : value === null ? '`null`' : `a ${typeof value}`
    throw badValue(path, above.join('.'), 'a JSON object', shown)
  }
}

function withEntry(document: Document, { names, json }: StoredEntry): Document {
  return json === undefined ? withoutValue(document, names) : withValue(document, names, json)
}

function keepMalformedAside(path: string): void {
  const content = readFileBytes(path, () => undefined)
  if (!content) return
  if (content.kind === 'fault') throw unreadable(path, content.fault, 'put a file there, or nothing')
  const aside = `${path}.corrupt-${new Date().toISOString().replace(/[:.]/g, '-')}`
  const remedy = `it is kept as ${aside}: mend that and put it back, or give the command again for a new file`
  try {
    parseJsonTree(content.bytes.toString('utf8'), path, remedy)
  } catch (error) {
    renameSync(path, aside)
    throw error
  }
}

function valueAt(document: JsonObject, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    document,
  )
}

function withValue(document: JsonObject, [name, ...rest]: readonly string[], json: unknown): Document {
  if (name === undefined) return { ...document }
  const child = valueAt(document, [name])
  const value = rest.length === 0 ? json : withValue(isJsonObject(child) ? child : {}, rest, json)
  return Object.fromEntries([...Object.entries(document), [name, value]])
}

/** An object that is left empty goes too. */
function withoutValue(document: JsonObject, [name, ...rest]: readonly string[]): Document {
  const others = Object.entries(document).filter(([other]) => other !== name)
  const child = name === undefined ? undefined : valueAt(document, [name])
  if (name === undefined || rest.length === 0) return Object.fromEntries(others)
  if (!isJsonObject(child)) return { ...document }
  const left = withoutValue(child, rest)
  return Object.fromEntries(Object.keys(left).length === 0 ? others : [...others, [name, left]])
}
