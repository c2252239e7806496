import { isJsonObject } from '../json/object.ts'
import { isFreeToSet } from './header-name.ts'
import type { EntryKind, Kind } from './kind.ts'
import { recordName } from './tags.ts'

export type TextMap = Readonly<Record<string, string>>

export const textMap = mapOf('a JSON object of texts', {
  isEntry: () => true,
  identity: (name) => name,
  maxEntries: Infinity,
})

/** They stand in every record, and a repository that nobody trusts may set them. */
export const tagMap = mapOf('a JSON object of at most 64 texts, each of at most 256 characters', {
  isEntry: (name, text) => name.length <= 64 && text.length <= 256,
  // Else what a record calls the same could get past one that is enforced.
  identity: recordName,
  maxEntries: 64,
})

/** Headers by name, in any letter case (RFC 9110 section 5.1). */
export const headerMap = mapOf(
  'a JSON object of header names (not those of the connection itself) and values of printable ASCII',
  {
    isEntry: (name, value) => isFreeToSet(name) && /^[\x20-\x7e]*$/.test(value),
    identity: (name) => name.toLowerCase(),
    maxEntries: Infinity,
  },
)

/** Patterns by name; placeholders and records have the name. */
export const patternMap = mapOf(
  'a JSON object of at most 64 patterns by names of at most 32 lower-case letters, digits and single `-`, such as `staff-id`',
  {
    isEntry: (name) => name.length <= 32 && /^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name),
    identity: (name) => name,
    maxEntries: 64,
  },
)

interface TextEntryKind extends Pick<EntryKind, 'identity' | 'maxEntries'> {
  readonly isEntry: (name: string, text: string) => boolean
}

/** A map of texts. Its variable holds JSON. */
function mapOf(expected: string, { isEntry, ...kind }: TextEntryKind): Kind<TextMap> {
  const entries: EntryKind = {
    ...kind,
    parse: (text) => text,
    // Of all names this one alone means something else where somebody assigns it.
    isEntry: (name, json) => typeof json === 'string' && name !== '__proto__' && isEntry(name, json),
  }
  const read = (json: unknown) => (isMapOf(json, entries) ? (json as TextMap) : undefined)
  return { expected, parse: (text) => read(parseJson(text)), read, write: (map) => map, entries }
}

function isMapOf(json: unknown, { isEntry, maxEntries }: EntryKind): boolean {
  if (!isJsonObject(json)) return false
  const items = Object.entries(json)
  return items.length <= maxEntries && items.every(([name, item]) => isEntry(name, item))
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
