import { nearest } from '../base/nearest.ts'
import { RECORD_FIELDS } from './record-schema.ts'
import type { Described } from './schema-parts.ts'

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

/** A name that no record has. */
export class FieldNameError extends Error {}

/** Whether a field holds others whose names are not fixed. */
function isOpen({ type, properties }: Described): boolean {
  return [type].flat().includes('object') && properties === undefined
}

function noSuchField(path: readonly string[], index: number, known: readonly string[]): FieldNameError {
  const before = path.slice(0, index).join('.')
  const guess = nearest(path[index] ?? '', known)
  const hint = guess ? `; did you mean \`${[...path.slice(0, index), guess].join('.')}\`?` : ''
  const place = before
    ? `\`${before}\` has no field \`${path[index]}\``
    : `there is no field \`${path[index]}\``
  return new FieldNameError(place + hint)
}
