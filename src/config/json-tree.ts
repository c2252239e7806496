import { GatewayError } from '../base/errors.ts'

/** A value of JSON and where it stands: the line of its name, or its own in an array and at the top, from 1. */
export interface JsonNode {
  readonly line: number
  readonly value: JsonValue
}

/** A whole file. */
export interface JsonRoot extends JsonNode {
  readonly value: JsonMembers
}

export type JsonMembers = ReadonlyMap<string, JsonNode>
export type JsonValue = string | number | boolean | null | readonly JsonNode[] | JsonMembers

/** More levels than a configuration can need, and few enough for a recursion. */
const MAX_DEPTH = 20

/** A string, a number or a word of JSON (RFC 8259). */
const SCALAR =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they may not stand in a string of JSON
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const SPACE = /[ \t\r\n]*/y

interface Cursor {
  readonly text: string
  readonly path: string
  readonly remedy: string
  at: number
  line: number
  lineStart: number
}

/**
 * Reads a JSON object with the lines of its names, for errors and for the origin of a value; errors never repeat the text,
 * which may be a secret. Names become keys of a Map, so that none of them is special. A name that stands twice is
 * refused: people look at the first one, and the last one would count.
 * @param path the file, for errors
 * @throws GatewayError CONFIG_MALFORMED with line and column
 */
export function parseJsonTree(text: string, path: string, remedy = 'mend it, or remove the file'): JsonRoot {
  const cursor = { text: text.replace(/^\uFEFF/, ''), path, remedy, at: 0, line: 1, lineStart: 0 }
  skipSpace(cursor)
  const { line } = cursor
  if (!take(cursor, '{')) throw malformed(cursor, 'it is no JSON object')
  const root = { line, value: readMembers(cursor, 1) }
  skipSpace(cursor)
  if (cursor.at < cursor.text.length) throw malformed(cursor, 'there is more text behind the JSON')
  return root
}

/** Whether it is an object. */
export function isMembers(value: JsonValue): value is JsonMembers {
  return value instanceof Map
}

/** With the space around it. */
function readValue(cursor: Cursor, depth: number): JsonNode {
  if (depth > MAX_DEPTH) throw malformed(cursor, `it is nested deeper than ${MAX_DEPTH} levels`)
  skipSpace(cursor)
  const { line } = cursor
  const value = readBare(cursor, depth)
  skipSpace(cursor)
  return { line, value }
}

function readBare(cursor: Cursor, depth: number): JsonValue {
  if (take(cursor, '{')) return readMembers(cursor, depth)
  if (take(cursor, '[')) return readItems(cursor, depth)
  return JSON.parse(readScalar(cursor, 'a value'))
}

function readMembers(cursor: Cursor, depth: number): JsonMembers {
  const members = new Map<string, JsonNode>()
  skipSpace(cursor)
  if (take(cursor, '}')) return members
  do {
    skipSpace(cursor)
    const { line, at } = cursor
    if (cursor.text[at] !== '"') throw malformed(cursor, 'a name in double quotes is missing')
    const name: string = JSON.parse(readScalar(cursor, 'a name in double quotes'))
    if (members.has(name)) throw malformed({ ...cursor, at }, 'this name stands here for the second time')
    skipSpace(cursor)
    expect(cursor, ':')
    members.set(name, { line, value: readValue(cursor, depth + 1).value })
  } while (take(cursor, ','))
  expect(cursor, '}')
  return members
}

function readItems(cursor: Cursor, depth: number): JsonNode[] {
  const items: JsonNode[] = []
  skipSpace(cursor)
  if (take(cursor, ']')) return items
  do items.push(readValue(cursor, depth + 1))
  while (take(cursor, ','))
  expect(cursor, ']')
  return items
}

function readScalar(cursor: Cursor, wanted: string): string {
  SCALAR.lastIndex = cursor.at
  const found = SCALAR.exec(cursor.text)?.[0]
  if (found === undefined) throw malformed(cursor, `${wanted} is missing, or is no valid JSON`)
  cursor.at += found.length
  return found
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false
  cursor.at += 1
  return true
}

function expect(cursor: Cursor, character: string): void {
  if (!take(cursor, character)) throw malformed(cursor, `\`${character}\` is missing`)
}

function skipSpace(cursor: Cursor): void {
  SPACE.lastIndex = cursor.at
  const space = SPACE.exec(cursor.text)?.[0] ?? ''
  for (let at = space.indexOf('\n'); at !== -1; at = space.indexOf('\n', at + 1)) {
    cursor.line += 1
    cursor.lineStart = cursor.at + at + 1
  }
  cursor.at += space.length
}

function malformed({ path, remedy, line, lineStart, at }: Cursor, reason: string): GatewayError {
  const origin = `${path}:${line}:${at - lineStart + 1}`
  return new GatewayError('CONFIG_MALFORMED', { origin, reason, remedy })
}
