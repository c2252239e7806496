import { GatewayError } from '../../base/errors.ts'
import { describeField, FieldNameError, fieldPath } from '../../exchange/field-name.ts'
import type { Context } from '../context.ts'
import { escapeControls, escapeJson, openPalette, print } from '../output.ts'
import type { Cell, Column } from '../text/table.ts'
import type { Listing } from './exchange-listing.ts'
import { openRowListing } from './exchange-listing.ts'

/** A field by its dotted name. */
export interface ChosenField {
  readonly name: string
  readonly path: readonly string[]
}

const ABSENT = '-'
const UNKNOWN = '?'

/** @throws GatewayError USAGE, with the nearest name */
export function parseFields(text: string): readonly ChosenField[] {
  return text.split(',').map((part) => {
    const name = part.trim()
    const path = fieldPath(name)
    try {
      describeField(path)
    } catch (error) {
      if (!(error instanceof FieldNameError)) throw error
      throw new GatewayError('USAGE', { reason: `\`--fields\`: ${error.message}` }, error)
    }
    return { name, path }
  })
}

/** Only these fields: a table on a terminal, else values with tabs between; with `isJson` an object a line. */
export async function openFieldListing(
  context: Context,
  fields: readonly ChosenField[],
  isJson: boolean,
): Promise<Listing> {
  const { stdout } = context
  if (isJson) {
    const show = stdout.isTTY ? escapeJson : (json: string) => json
    return (entries) =>
      print(stdout, entries.map(({ record }) => `${show(objectOf(record, fields))}\n`).join(''))
  }
  if (!stdout.isTTY) {
    return (entries) => print(stdout, entries.map(({ record }) => `${tabbed(record, fields)}\n`).join(''))
  }
  return openRowListing(stdout, fields.map(columnOf), await openPalette(context, stdout), (record) =>
    fields.map(({ path }): Cell => ({ forms: [textOf(valueAt(record, path))] })),
  )
}

function columnOf({ name }: ChosenField): Column {
  return { title: name.toUpperCase(), shrinksTo: 8 }
}

function objectOf(record: object, fields: readonly ChosenField[]): string {
  return JSON.stringify(Object.fromEntries(fields.map(({ name, path }) => [name, valueAt(record, path)])))
}

/** Tabs and newlines of a value are escaped. */
function tabbed(record: object, fields: readonly ChosenField[]): string {
  return fields.map(({ path }) => textOf(valueAt(record, path))).join('\t')
}

function textOf(value: unknown): string {
  if (value === undefined) return ABSENT
  if (value === null) return UNKNOWN
  return escapeControls(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Through an array, what its items have there. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value))
    return value.map((item) => valueAt(item, path)).filter((found) => found !== undefined)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return valueAt((value as Readonly<Record<string, unknown>>)[name], rest)
}
