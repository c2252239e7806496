import { GatewayError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { LimitAmount, LimitMatch, LimitRule, LimitSettings } from './limit-rule.ts'
import {
  LIMIT_AMOUNTS,
  LIMIT_GROUPS,
  LIMIT_MATCHES,
  LIMIT_PERIODS,
  STORE_ERROR_CHOICES,
} from './limit-rule.ts'
import { badValue, quoted, shownName } from './value-error.ts'

const ABOVE = 'policies.limits'
const WARN_AT = 0.8
const MOST = 1e12
const NAME = /^[\w-]{1,64}$/
/** A password may not stand in it, the name of a user may. */
const STORE_URL = /^rediss?:\/\/(?:[^\s/?#@:]+@)?[^\s/?#@]+(?:\/\d{0,3})?$/i
const REFERENCE = /^(keychain|env|file|command|vault):|^op:\/\//i
const SETTINGS = ['rules', 'store', 'storeCredential', 'onStoreError']
const FIELDS = [...LIMIT_AMOUNTS, 'per', 'by', 'warnAt', 'match']

export function isStoreUrl(text: string): boolean {
  return STORE_URL.test(text)
}

/** What is wrong in the limits, and where: the names from `policies.limits` down to it. */
export class LimitFault extends Error {
  readonly names: readonly string[]
  /** What may stand there; absent where it is the name that is wrong. */
  readonly expected: string | undefined
  /** As people may see it. */
  readonly shown: string

  constructor(names: readonly string[], expected: string | undefined, shown: string) {
    super(`${names.join('.')}: ${shown}`)
    this.names = names
    this.expected = expected
    this.shown = shown
  }
}

/**
 * Reads the JSON of `policies.limits`, all of it: a wrong limit would be one that does not hold.
 * @throws LimitFault
 */
export function parseLimits(json: unknown): LimitSettings {
  const settings = objectOf(json, [], SETTINGS)
  const rules = settings['rules'] ?? {}
  if (!isJsonObject(rules)) throw wrong(['rules'], 'a JSON object of limits by name', rules)
  return {
    rules: Object.entries(rules).map(([name, rule]) => parseLimit(name, rule)),
    ...storeOf(settings),
    onStoreError: oneOf(settings['onStoreError'] ?? 'local', STORE_ERROR_CHOICES, ['onStoreError']),
  }
}

/** Reads one entry of `policies.limits.rules`. @throws LimitFault */
export function parseLimit(name: string, json: unknown): LimitRule {
  const names = ['rules', name]
  if (!NAME.test(name)) throw wrong(['rules'], 'limits whose names are letters, digits, `-` and `_`', name)
  const fields = objectOf(json, names, FIELDS)
  const what = amountOf(fields, names)
  return {
    name,
    what,
    most: mostOf(fields[what], what, [...names, what]),
    ...periodOf(fields['per'], what, [...names, 'per']),
    by: oneOf(fields['by'] ?? 'all', LIMIT_GROUPS, [...names, 'by']),
    warnAt: partOf(fields['warnAt'] ?? WARN_AT, [...names, 'warnAt']),
    match: matchOf(fields['match'] ?? {}, [...names, 'match']),
  }
}

/** The same for people. @param origin the file and the line, or the variable */
export function limitError({ names, expected, shown }: LimitFault, origin: string): GatewayError {
  const key = [ABOVE, ...names].join('.')
  if (expected !== undefined) return badValue(origin, key, expected, shown)
  return new GatewayError('CONFIG_UNKNOWN_KEY', { origin, key: shownName(key), nearest: shown })
}

function storeOf({ store, storeCredential }: JsonObject): Pick<LimitSettings, 'store' | 'storeCredential'> {
  if (store === undefined && storeCredential !== undefined)
    throw wrong(['store'], 'there beside `storeCredential`', undefined)
  // A wrong one is not shown: it may have a password in it.
  if (store !== undefined && !(typeof store === 'string' && STORE_URL.test(store)))
    throw hidden(['store'], '`redis://HOST:PORT` or `rediss://HOST:PORT` without a password')
  if (
    storeCredential !== undefined &&
    !(typeof storeCredential === 'string' && REFERENCE.test(storeCredential))
  )
    throw hidden(['storeCredential'], 'a reference such as `keychain:NAME` or `env:NAME`')
  return { ...(store && { store }), ...(storeCredential && { storeCredential }) }
}

function amountOf(fields: JsonObject, names: readonly string[]): LimitAmount {
  const [what, ...others] = LIMIT_AMOUNTS.filter((name) => Object.hasOwn(fields, name))
  if (what !== undefined && others.length === 0) return what
  const expected = `a limit with one of ${listed(LIMIT_AMOUNTS)}`
  throw new LimitFault(
    names,
    expected,
    what === undefined ? 'one without' : `one with ${listed([what, ...others])}`,
  )
}

function mostOf(value: unknown, what: LimitAmount, names: readonly string[]): number {
  const isAmount = typeof value === 'number' && value > 0 && value <= MOST
  if (isAmount && (what === 'usd' || Number.isInteger(value))) return value
  throw wrong(names, what === 'usd' ? 'a number of USD above 0' : 'a whole number above 0', value)
}

function periodOf(value: unknown, what: LimitAmount, names: readonly string[]): Pick<LimitRule, 'per'> {
  if (what !== 'concurrent' && what !== 'burst') return { per: oneOf(value, LIMIT_PERIODS, names) }
  if (value === undefined) return {}
  throw wrong(names, `left out beside \`${what}\``, value)
}

function partOf(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw wrong(names, 'a number from 0 to 1', value)
}

function matchOf(value: unknown, names: readonly string[]): LimitMatch {
  const match = objectOf(value, names, LIMIT_MATCHES)
  for (const [name, pattern] of Object.entries(match)) {
    if (typeof pattern !== 'string' || !/^\P{Cc}{1,200}$/u.test(pattern))
      throw wrong([...names, name], 'a text, in which `*` and `?` stand for others', pattern)
  }
  return match as LimitMatch
}

function objectOf(value: unknown, names: readonly string[], known: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw wrong(names, 'a JSON object', value)
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const guess = nearest(name, known)
    throw new LimitFault([...names, name], undefined, guess ? `; did you mean \`${guess}\`?` : '')
  }
  return value
}

function oneOf<T extends string>(value: unknown, choices: readonly T[], names: readonly string[]): T {
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw wrong(names, `one of ${listed(choices)}`, value)
}

function wrong(names: readonly string[], expected: string, value: unknown): LimitFault {
  return new LimitFault(names, expected, shown(value))
}

function hidden(names: readonly string[], expected: string): LimitFault {
  return new LimitFault(names, expected, 'what stands there (it is not shown: it may hold a password)')
}

function shown(value: unknown): string {
  if (value === undefined) return 'left out'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'an array'
  return isJsonObject(value) ? 'an object' : String(value)
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
