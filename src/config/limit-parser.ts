import type { GatewayError } from '../base/errors.ts'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { LimitAmount, LimitRule, LimitSettings } from './limit-rule.ts'
import { LIMIT_AMOUNTS, LIMIT_GROUPS, LIMIT_PERIODS, STORE_ERROR_CHOICES } from './limit-rule.ts'
import {
  choiceOf,
  isRuleName,
  listed,
  matchOf,
  objectOf,
  RuleFault,
  ruleError,
  wrong,
} from './rule-fields.ts'

const ABOVE = 'policies.limits'
const WARN_AT = 0.8
const MOST = 1e12
/** A password may not stand in it, the name of a user may. */
const STORE_URL = /^rediss?:\/\/(?:[^\s/?#@:]+@)?[^\s/?#@]+(?:\/\d{0,3})?$/i
const REFERENCE = /^(keychain|env|file|command|vault):|^op:\/\//i
const SETTINGS = ['rules', 'store', 'storeCredential', 'onStoreError']
const FIELDS = [...LIMIT_AMOUNTS, 'per', 'by', 'warnAt', 'match']

export function isStoreUrl(text: string): boolean {
  return STORE_URL.test(text)
}

/**
 * Reads the JSON of `policies.limits`, all of it: a wrong limit would be one that does not hold.
 * @throws RuleFault
 */
export function parseLimits(json: unknown): LimitSettings {
  const settings = objectOf(json, [], SETTINGS)
  const rules = settings['rules'] ?? {}
  if (!isJsonObject(rules)) throw wrong(['rules'], 'a JSON object of limits by name', rules)
  return {
    rules: Object.entries(rules).map(([name, rule]) => parseLimit(name, rule)),
    ...storeOf(settings),
    onStoreError: choiceOf(settings['onStoreError'] ?? 'local', STORE_ERROR_CHOICES, ['onStoreError']),
  }
}

/** Reads one entry of `policies.limits.rules`. @throws RuleFault */
export function parseLimit(name: string, json: unknown): LimitRule {
  const names = ['rules', name]
  if (!isRuleName(name)) throw wrong(['rules'], 'limits whose names are letters, digits, `-` and `_`', name)
  const fields = objectOf(json, names, FIELDS)
  const what = amountOf(fields, names)
  return {
    name,
    what,
    most: mostOf(fields[what], what, [...names, what]),
    ...periodOf(fields['per'], what, [...names, 'per']),
    by: choiceOf(fields['by'] ?? 'all', LIMIT_GROUPS, [...names, 'by']),
    warnAt: partOf(fields['warnAt'] ?? WARN_AT, [...names, 'warnAt']),
    match: matchOf(fields['match'], [...names, 'match']),
  }
}

/** What is wrong in the limits, for people. @param origin the file and the line, or the variable */
export function limitError(fault: RuleFault, origin: string): GatewayError {
  return ruleError(ABOVE, fault, origin)
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
  throw new RuleFault(
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
  if (what !== 'concurrent' && what !== 'burst') return { per: choiceOf(value, LIMIT_PERIODS, names) }
  if (value === undefined) return {}
  throw wrong(names, `left out beside \`${what}\``, value)
}

function partOf(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw wrong(names, 'a number from 0 to 1', value)
}

function hidden(names: readonly string[], expected: string): RuleFault {
  return new RuleFault(names, expected, 'what stands there (it is not shown: it may hold a password)')
}
