import { parseDuration } from '../base/duration.ts'
import type { GatewayError } from '../base/errors.ts'
import { parseSize } from '../base/size.ts'
import { isFreeToSet } from './header-name.ts'

/** The kind of a value: how it is read and written. Both readers give undefined for what is not of that kind. */
export interface Kind<T> {
  readonly expected: string
  /** All the texts that it takes, where these are some words. */
  readonly choices?: readonly string[]
  /** From the text of an option or of a variable. */
  readonly parse: (text: string) => T | undefined
  /** From the JSON of a file. */
  readonly read: (json: unknown) => T | undefined
  /** The JSON that a file has for it. */
  write(value: T): unknown
  /**
   * What exactly is wrong in JSON that cannot be read; undefined where there is nothing better to say than `expected`.
   * @param originOf where the value below these names stands
   */
  readonly explain?: (
    json: unknown,
    originOf: (names: readonly string[]) => string,
  ) => GatewayError | undefined
  /** Present where the value is a list: what in JSON does not belong there, for people. */
  readonly misfit?: (json: unknown) => string | undefined
  /** Present where the value is a map, each entry of which counts by itself. */
  readonly entries?: EntryKind
}

/** The kind of the entries of a map. */
export interface EntryKind {
  /** From the text of a command; undefined for what is none. */
  readonly parse: (text: string) => unknown
  /** Whether the JSON of a file may stand under that name. */
  readonly isEntry: (name: string, json: unknown) => boolean
  /** Names of one identity are the same entry. */
  readonly identity: (name: string) => string
  readonly maxEntries: number
}

const DURATION_UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
const SIZE_UNITS = { GB: 1024 ** 3, MB: 1024 ** 2, KB: 1024, B: 1 } as const

export const text = textKind('a text', (value) => value)

export const boolean: Kind<boolean> = {
  expected: '`true` or `false`',
  choices: ['true', 'false'],
  parse: (value) => [true, false].find((choice) => String(choice) === value),
  read: (json) => (typeof json === 'boolean' ? json : undefined),
  write: (value) => value,
}

export const duration: Kind<number> = {
  ...fromText('a duration such as 10s or 5m', parseDuration),
  write: (value) => writeUnit(value, DURATION_UNITS),
}

export const size: Kind<number> = {
  expected: 'a size such as 512KB or 32MB',
  parse: parseSize,
  read: (json) => (isScalar(json) ? parseSize(String(json)) : undefined),
  write: (value) => writeUnit(value, SIZE_UNITS),
}

/** What a pattern may match: as much as a stream may have to hold back for it. */
export const matchSize: Kind<number> = {
  ...fromText('a size from 1B to 8KB', parseMatchSize),
  read: (json) => (isScalar(json) ? parseMatchSize(String(json)) : undefined),
  write: (value) => writeUnit(value, SIZE_UNITS),
}

export const port: Kind<number> = {
  expected: 'a port number from 0 to 65535',
  parse: parsePort,
  read: (json) => (isScalar(json) ? parsePort(String(json)) : undefined),
  write: (value) => value,
}

export const days: Kind<number> = {
  expected: 'a whole number of days, 1 or more',
  parse: parseDays,
  read: (json) => (isScalar(json) ? parseDays(String(json)) : undefined),
  write: (value) => value,
}

export const profileName = textKind('a name of letters, digits, `-`, `_` or `.`', (value) =>
  /^[\w.-]{1,64}$/.test(value) && value !== '__proto__' ? value : undefined,
)

export const proxyChoice = textKind('`auto`, `off` or the URL of an http or https proxy', (value) =>
  ['auto', 'off'].includes(value) || isProxyUrl(value) ? value : undefined,
)

/** It has no path: one that holds an `@` would be the rest of a password. */
function isProxyUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).pathname === '/'
}

/** How a key is sent. */
export const authStyle = textKind('`bearer`, `x-api-key`, `both` or `header:NAME`', (value) => {
  const isKnown = ['bearer', 'x-api-key', 'both'].includes(value)
  return isKnown || (value.startsWith('header:') && isFreeToSet(value.slice(7))) ? value : undefined
})

/** One of some words. */
export function oneOf<T extends string>(...choices: readonly T[]): Kind<T> {
  const expected = choices.map((choice) => `\`${choice}\``).join(' or ')
  const parse = (value: string) => choices.find((choice) => choice === value)
  // One of them may look like a number, and is then written as one.
  return {
    ...textKind(expected, parse),
    choices,
    read: (json) => (isScalar(json) ? parse(String(json)) : undefined),
  }
}

/** A text of a certain form. */
export function textKind<T extends string>(
  expected: string,
  parse: (text: string) => T | undefined,
): Kind<T> {
  return { ...fromText(expected, parse), write: (value) => value }
}

function fromText<T>(expected: string, parse: (text: string) => T | undefined): Omit<Kind<T>, 'write'> {
  return { expected, parse, read: (json) => (typeof json === 'string' ? parse(json) : undefined) }
}

function parseMatchSize(value: string): number | undefined {
  const bytes = parseSize(value) ?? 0
  return bytes >= 1 && bytes <= 8 * 1024 ? bytes : undefined
}

function parsePort(value: string): number | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? Number(value) : undefined
}

function parseDays(value: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(value) ? Number(value) : undefined
}

function isScalar(json: unknown): json is string | number {
  return typeof json === 'string' || typeof json === 'number'
}

/** With the largest unit that leaves a whole number. */
function writeUnit(value: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).find(([, count]) => value >= count && value % count === 0)
  const [name, factor] = fitting ?? (Object.entries(units).at(-1) as [string, number])
  return `${value / factor}${name}`
}
