import { isDeepStrictEqual } from 'node:util'
import { GatewayError } from '../base/errors.ts'
import type { JsonObject } from '../json/object.ts'
import { foldedPath } from '../network/url.ts'
import type { ConfigFiles } from './config-files.ts'
import type { FileSettings } from './file-settings.ts'
import type { Flags } from './global-options.ts'
import { optionName } from './global-options.ts'
import type { ConfigEntry, Sourced } from './merge.ts'
import { isSameSetting, mergeLayers } from './merge.ts'
import type { ConfigKey, Values } from './schema.ts'
import { CONFIG_KEYS, environmentName, keyOf } from './schema.ts'
import { selectProfile } from './selected-profile.ts'
import type { Origin, Setting } from './setting.ts'
import { settingName } from './setting.ts'
import { textFault } from './text-fault.ts'
import { unknownVariables } from './unknown-variables.ts'
import { unknownKey } from './value-error.ts'

/** Values with the place each came from. */
export interface Config {
  readonly values: Values
  /** Of a map: the places of its entries. */
  readonly origins: Readonly<Record<ConfigKey, Origin>>
  /** What lower layers say about a key that is no map, highest first. */
  readonly shadowed: Readonly<Record<ConfigKey, readonly Sourced[]>>
  /** Every key and every entry of a map, in the order of the schema. */
  readonly entries: readonly ConfigEntry[]
  /** What any place says, also for profiles that are not in use; of files, those that count. */
  readonly said: readonly Setting[]
  /** For people: which files do not count, and why. */
  readonly notes: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

const VARIABLES_LISTED = 'unset it; the variables are listed by `claude-gw help`'
const NO_FILES: ConfigFiles = { notes: [] }

/**
 * The configuration, from the highest layer to the lowest: what the machine file enforces, flags, `CLAUDE_GW_*`
 * variables, project file, user file, machine file, defaults. In a file, the profile in use goes before the top level.
 * @throws GatewayError CONFIG_UNKNOWN_KEY, CONFIG_BAD_VALUE, CONFIG_UNKNOWN_PROFILE, CONFIG_ENFORCED
 */
export function resolveConfig(flags: Flags, env: Environment, files: ConfigFiles = NO_FILES): Config {
  rejectUnknownVariables(env)
  const given = [readFlags(flags), readVariables(env)]
  const profile = selectProfile(given.flat(), files)
  const enforced = layersOf(files.machine?.enforced, profile)
  refuseEnforced(enforced.flat(), given.flat())
  const fromFiles = [files.project, files.user, files.machine].flatMap((file) => layersOf(file, profile))
  const entries = mergeLayers([...enforced, ...given, ...fromFiles])
  const said = [
    ...given.flat(),
    ...everythingIn([files.machine?.enforced, files.project, files.user, files.machine]),
  ]
  return { ...byKey(entries), entries, said, notes: files.notes }
}

/**
 * The same where a profile is in use that no option has named; which one is enforced is no matter then.
 * @throws GatewayError as above
 */
export function resolveProfile(profile: string, flags: Flags, env: Environment, files: ConfigFiles): Config {
  const free = withoutOtherFixed(profile, files)
  const named = { key: 'profile', value: profile, origin: 'config' } as const
  selectProfile([named, ...readFlags(flags), ...readVariables(env)], free)
  return resolveConfig({ ...flags, profile }, env, free)
}

function withoutOtherFixed(profile: string, { machine, ...others }: ConfigFiles): ConfigFiles {
  if (!machine?.enforced) return { ...others, ...(machine && { machine }) }
  const top = machine.enforced.top.filter(({ key, value }) => key !== 'profile' || value === profile)
  return { ...others, machine: { ...machine, enforced: { ...machine.enforced, top } } }
}

function rejectUnknownVariables(env: Environment): void {
  const [unknown] = unknownVariables(env)
  if (unknown) throw unknownKey('environment', unknown.name, unknown.hint, VARIABLES_LISTED)
}

function readFlags(flags: Flags): Setting[] {
  return CONFIG_KEYS.flatMap((key) => readText(key, flags[key], `--${optionName(key) ?? key}`))
}

function readVariables(env: Environment): Setting[] {
  return CONFIG_KEYS.flatMap((key) => readText(key, env[environmentName(key)], environmentName(key)))
}

/** An empty text says nothing. */
function readText(key: ConfigKey, text: string | undefined, origin: Origin): Setting[] {
  if (!text) return []
  const { kind } = keyOf(key)
  const value = kind.parse(text)
  if (value === undefined) throw textFault({ origin, key, name: key }, text)
  if (!kind.entries) return [{ key, value, origin }]
  return Object.entries(value as JsonObject).map(([entry, item]) => ({ key, entry, value: item, origin }))
}

/**
 * Refuses what asks for another value than the machine file enforces; lower files are just shadowed by it.
 * @throws GatewayError CONFIG_ENFORCED
 */
function refuseEnforced(enforced: readonly Setting[], given: readonly Setting[]): void {
  for (const setting of given) {
    const fixed = enforced.find((candidate) => isSameSetting(candidate, setting))
    if (!fixed || isDeepStrictEqual(meaningOf(fixed), meaningOf(setting))) continue
    throw new GatewayError('CONFIG_ENFORCED', {
      origin: setting.origin,
      key: settingName(fixed),
      file: fixed.origin,
    })
  }
}

/** Of upstreams that are written in several ways, one. */
function meaningOf({ key, value }: Setting): unknown {
  if (key !== 'upstream' || typeof value !== 'string' || !URL.canParse(value)) return value
  const { origin, pathname, username, password, search, hash } = new URL(value)
  return username || password || search || hash ? value : origin + foldedPath(pathname)
}

function layersOf(file: FileSettings | undefined, profile: string): (readonly Setting[])[] {
  return file ? [file.profiles.get(profile) ?? [], file.top] : []
}

function everythingIn(files: readonly (FileSettings | undefined)[]): Setting[] {
  return files.flatMap((file) => (file ? [...file.top, ...[...file.profiles.values()].flat()] : []))
}

function byKey(entries: readonly ConfigEntry[]): Pick<Config, 'values' | 'origins' | 'shadowed'> {
  const rows = CONFIG_KEYS.map((key) => {
    const found = entries.filter((entry) => entry.key === key)
    return {
      key,
      value: valueFrom(key, found),
      origin: originFrom(found),
      shadowed: shadowedFrom(key, found),
    }
  })
  const table = (field: 'value' | 'origin' | 'shadowed') =>
    Object.fromEntries(rows.map((row) => [row.key, row[field]]))
  return {
    values: table('value') as Values,
    origins: table('origin') as Config['origins'],
    shadowed: table('shadowed') as Config['shadowed'],
  }
}

function valueFrom(key: ConfigKey, entries: readonly ConfigEntry[]): unknown {
  if (!keyOf(key).kind.entries) return entries[0]?.value
  return Object.fromEntries(entries.map(({ entry, value }) => [entry, value]))
}

function originFrom(entries: readonly ConfigEntry[]): Origin {
  return [...new Set(entries.map(({ origin }) => origin))].join(', ') || 'default'
}

function shadowedFrom(key: ConfigKey, entries: readonly ConfigEntry[]): readonly Sourced[] {
  return keyOf(key).kind.entries ? [] : (entries[0]?.shadowed ?? [])
}
