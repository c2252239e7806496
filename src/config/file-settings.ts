import type { GatewayError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { guideName } from './guide-names.ts'
import type { JsonMembers, JsonNode } from './json-tree.ts'
import { isMembers } from './json-tree.ts'
import type { EntryKind } from './kind.ts'
import type { ConfigKey } from './schema.ts'
import { CONFIG_KEYS, keyOf, SCHEMA } from './schema.ts'
import type { Setting } from './setting.ts'
import { NO_PROFILE_IN_PROFILE } from './setting-hint.ts'
import { badValue, quoted, shownValue, unknownKey } from './value-error.ts'

/** What a configuration file says: for every profile, and for each one alone. */
export interface FileSettings {
  readonly path: string
  readonly top: readonly Setting[]
  readonly profiles: ReadonlyMap<string, readonly Setting[]>
  /** What nobody below the machine file can change. */
  readonly enforced?: FileSettings
}

/** Where one is in a file. */
interface Place {
  readonly path: string
  /** The names above, for errors: empty, or `profiles.work.`. */
  readonly prefix: string
  /** The names that are none of the schema's and may stand here. */
  readonly sections: readonly Section[]
}

type Section = 'profiles' | 'enforced'

/** The sections of each kind of file. */
export const USER_SECTIONS: readonly Section[] = ['profiles']
export const MACHINE_SECTIONS: readonly Section[] = ['profiles', 'enforced']

/**
 * The settings of a file, all of which are checked, also those of other profiles.
 * @throws GatewayError CONFIG_UNKNOWN_KEY, CONFIG_BAD_VALUE with file, line and key
 */
export function readSettings(
  root: JsonNode,
  path: string,
  sections: readonly Section[],
  prefix = '',
): FileSettings {
  const place = { path, prefix, sections }
  const members = membersOf(root, prefix.slice(0, -1), place)
  const enforced = sections.includes('enforced') ? members.get('enforced') : undefined
  return {
    path,
    top: readKeys(members, '', place),
    profiles: readProfiles(members.get('profiles'), place),
    ...(enforced && { enforced: readSettings(enforced, path, USER_SECTIONS, 'enforced.') }),
  }
}

function readProfiles(node: JsonNode | undefined, place: Place): FileSettings['profiles'] {
  if (!node) return new Map()
  const name = `${place.prefix}profiles`
  const { kind } = SCHEMA.profile
  const read = ([profile, child]: readonly [string, JsonNode]) => {
    const own = `${name}.${profile}`
    if (kind.parse(profile) === undefined)
      throw badValue(originOf(child, place), name, kind.expected, quoted(profile))
    const within = { ...place, prefix: `${own}.`, sections: [] }
    return [profile, readKeys(membersOf(child, own, place), '', within)] as const
  }
  return new Map([...membersOf(node, name, place)].map(read))
}

/** The settings below a name of the file such as `timeouts`; at the top the name is empty. */
function readKeys(members: JsonMembers, above: string, place: Place): Setting[] {
  return [...members].flatMap(([name, node]) => {
    if (above === '' && place.sections.some((section) => section === name)) return []
    const key = above + name
    if (!name.includes('.') && isKey(key, place)) return readKey(key, node, place)
    if (!name.includes('.') && CONFIG_KEYS.some((known) => known.startsWith(`${key}.`)))
      return readKeys(membersOf(node, place.prefix + key, place), `${key}.`, place)
    throw unknownKey(originOf(node, place), place.prefix + key, suggestion(key, place))
  })
}

/** A profile cannot choose a profile. */
function isKey(name: string, { prefix }: Place): name is ConfigKey {
  return Object.hasOwn(SCHEMA, name) && !(name === 'profile' && prefix.includes('profiles.'))
}

function readKey(key: ConfigKey, node: JsonNode, place: Place): Setting[] {
  const { kind } = keyOf(key)
  if (kind.entries && isMembers(node.value)) return readEntries(key, node, node.value, place)
  const value = isMembers(node.value) ? undefined : kind.read(plainValue(node))
  if (value === undefined) throw wrongValue(key, node, place, kind.misfit?.(plainValue(node)))
  return [toSetting({ key, value }, node, place)]
}

/** A list as JSON has it; what is nested in one is none of our values. */
function plainValue({ value }: JsonNode): unknown {
  return Array.isArray(value) ? value.map((item: JsonNode) => item.value) : value
}

function readEntries(key: ConfigKey, map: JsonNode, members: JsonMembers, place: Place): Setting[] {
  const { entries, explain } = keyOf(key).kind
  const { isEntry, maxEntries } = entries as EntryKind
  if (members.size > maxEntries) throw wrongValue(key, map, place)
  return [...members].map(([entry, node]) => {
    const value = deepValue(node)
    if (isEntry(entry, value)) return toSetting({ key, entry, value }, node, place)
    throw (
      explain?.({ [entry]: value }, (names) => originOf(nodeAt(map, names), place)) ??
      wrongValue(key, node, place, `${quoted(entry)}: ${shown(node, key)}`)
    )
  })
}

function deepValue({ value }: JsonNode): unknown {
  if (isMembers(value)) return Object.fromEntries([...value].map(([name, child]) => [name, deepValue(child)]))
  return Array.isArray(value) ? value.map((item: JsonNode) => deepValue(item)) : value
}

/** As far down as there is one. */
function nodeAt(node: JsonNode, names: readonly string[]): JsonNode {
  const [name, ...rest] = names
  const child = name !== undefined && isMembers(node.value) ? node.value.get(name) : undefined
  return child ? nodeAt(child, rest) : node
}

function toSetting(what: Omit<Setting, 'origin'>, node: JsonNode, place: Place): Setting {
  const isEnforced = place.prefix.startsWith('enforced.')
  return { ...what, origin: originOf(node, place), ...(isEnforced && { isEnforced }) }
}

function wrongValue(key: ConfigKey, node: JsonNode, place: Place, text = shown(node, key)): GatewayError {
  return badValue(originOf(node, place), place.prefix + key, keyOf(key).kind.expected, text)
}

function membersOf(node: JsonNode, name: string, place: Place): JsonMembers {
  if (isMembers(node.value)) return node.value
  throw badValue(originOf(node, place), name || 'the file', 'a JSON object', shown(node, name))
}

function shown({ value }: JsonNode, key: string): string {
  if (isMembers(value)) return `an object of ${value.size}`
  return typeof value === 'object' && value !== null ? 'an array' : shownValue(key, value)
}

function originOf({ line }: JsonNode, { path }: Place): string {
  return `${path}:${line}`
}

function suggestion(name: string, { prefix, sections }: Place): string | undefined {
  const [section, ...rest] = name.split('.')
  if (Object.hasOwn(SCHEMA, name) && rest.length > 0)
    return `its parts are nested: {"${section}": {"${rest.join('.')}": …}}`
  if (name === 'profile' && prefix.includes('profiles.')) return NO_PROFILE_IN_PROFILE
  const elsewhere = guideName(name)
  if (elsewhere) return elsewhere
  const guess = nearest(name, [...CONFIG_KEYS, ...sections])
  return guess && `did you mean \`${guess}\`?`
}
