import { isJsonObject } from '../json/object.ts'
import { HOP_BY_HOP, SENDERS_OWN } from '../network/message-headers.ts'
import type { Kind } from './kind.ts'
import { recordName } from './tags.ts'

export type TextMap = Readonly<Record<string, string>>

/** The kind of the entries of a map of texts. */
export interface EntryKind {
  readonly isEntry: (name: string, text: string) => boolean
  /** Names of one identity are the same entry. */
  readonly identity: (name: string) => string
  readonly maxEntries: number
}

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

/** Whether it is the name of a header (RFC 9110 section 5.6.2) that is not about the connection or the framing. */
export function isFreeToSet(name: string): boolean {
  const lower = name.toLowerCase()
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !HOP_BY_HOP.has(lower) && !SENDERS_OWN.has(lower)
}

/** A map of texts. Its variable holds JSON. */
function mapOf(expected: string, kind: EntryKind): Kind<TextMap> {
  // Of all names this one alone means something else where somebody assigns it.
  const isEntry = (name: string, text: string) => name !== '__proto__' && kind.isEntry(name, text)
  const entries = { ...kind, isEntry }
  const read = (json: unknown) => readMap(json, entries)
  return { expected, parse: (text) => read(parseJson(text)), read, write: (map) => map, entries }
}

function readMap(json: unknown, { isEntry, maxEntries }: EntryKind): TextMap | undefined {
  if (!isJsonObject(json)) return undefined
  const items = Object.entries(json)
  const isText = ([name, item]: [string, unknown]) => typeof item === 'string' && isEntry(name, item)
  return items.length <= maxEntries && items.every(isText) ? (json as TextMap) : undefined
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
