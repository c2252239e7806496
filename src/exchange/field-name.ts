import { nearest } from '../base/nearest.ts'
import { RECORD_FIELDS } from './record-schema.ts'
import type { Described } from './schema-parts.ts'

/** The cost centre as the configuration and `usage` call it. */
const COST_CENTER_NAMES = ['cost_center', 'cost-center', 'costCenter', 'tags.cost-center', 'tags.costCenter']

/** Where a field stands, from its name as a person types it. */
export function fieldPath(name: string): readonly string[] {
  return COST_CENTER_NAMES.includes(name) ? ['tags', 'cost_center'] : name.split('.')
}

/**
 * What the schema says of a field, by its dotted name such as `usage.output_tokens`; undefined for one that only the upstream or
 * the user knows, as those of `usage` and `tags` are.
 * @throws FieldNameError where no record has such a field
 */
export function describeField(path: readonly string[]): Described | undefined {
  let fields: Readonly<Record<string, Described>> | undefined = RECORD_FIELDS
  let found: Described | undefined
  for (const [index, name] of path.entries()) {
    if (!fields) throw noSuchField(path, index, [])
    if (!Object.hasOwn(fields, name)) throw noSuchField(path, index, Object.keys(fields))
    found = fields[name] as Described
    const inner: Described = (found['items'] as Described | undefined) ?? found
    if (isOpen(inner)) return index === path.length - 1 ? found : undefined
    fields = inner.properties
  }
  return found
}

/** The names of all fields, dotted where they are within others, with those counters that every answer has. */
export function fieldNames(): readonly string[] {
  return [...Object.keys(RECORD_FIELDS), ...dottedNames(), ...KNOWN_COUNTERS]
}

/** A name that no record has. */
export class FieldNameError extends Error {}

/** Whether a field holds others whose names are not fixed. */
function isOpen({ type, properties }: Described): boolean {
  return [type].flat().includes('object') && properties === undefined
}

function noSuchField(path: readonly string[], index: number, known: readonly string[]): FieldNameError {
  const before = path.slice(0, index).join('.')
  const guess = guessFor(path, index, known)
  const hint = guess ? `; did you mean \`${guess}\`?` : ''
  const place = before
    ? `\`${before}\` has no field \`${path[index]}\``
    : `there is no field \`${path[index]}\``
  return new FieldNameError(place + hint)
}

/** Counters that the API names, which the schema leaves open. */
const KNOWN_COUNTERS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
].map((name) => `usage.${name}`)

/** A field that is called so somewhere below, or begins so, else the one with the most similar name. */
function guessFor(path: readonly string[], index: number, known: readonly string[]): string | undefined {
  const name = path[index] ?? ''
  if (index === 0) {
    const inner = [...dottedNames(), ...KNOWN_COUNTERS].filter((dotted) => dotted.endsWith(`.${name}`))
    const longer = known.filter((field) => field.startsWith(`${name}_`))
    const [only] = inner.length === 1 ? inner : longer
    if (only !== undefined) return only
  }
  const similar = nearest(name, known)
  return similar === undefined ? undefined : [...path.slice(0, index), similar].join('.')
}

function dottedNames(): string[] {
  return Object.entries(RECORD_FIELDS as Readonly<Record<string, Described>>).flatMap(([name, field]) => {
    const inner = (field['items'] as Described | undefined) ?? field
    return Object.keys(inner.properties ?? {}).map((part) => `${name}.${part}`)
  })
}
