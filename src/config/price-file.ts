import { GatewayError } from '../base/errors.ts'
import { fromHome } from '../base/home-path.ts'
import { nearest } from '../base/nearest.ts'
import type { OwnPrices } from '../usage/price-table.ts'
import type { PriceRow } from '../usage/prices.ts'
import { readFileBytes, unreadable } from './file-bytes.ts'
import type { JsonMembers, JsonNode, JsonValue } from './json-tree.ts'
import { isMembers, parseJsonTree } from './json-tree.ts'
import type { PriceField } from './price-fields.ts'
import { PRICE_FILE_FIELDS, PRICE_ROW_FIELDS } from './price-fields.ts'
import { shownName } from './shown-name.ts'
import { quoted } from './value-error.ts'

/** A row and where it stands. */
interface Placed {
  readonly row: PriceRow
  readonly number: number
  readonly place: Place
}

interface Place {
  readonly path: string
  readonly line: number
  /** `row 2 (corp-opus)`, or nothing at the top. */
  readonly subject: string
}

/**
 * The price list of the user, of which every row is checked.
 * @param value path from the root, or from `~/`
 * @throws GatewayError CONFIG_UNREADABLE, CONFIG_MALFORMED with file, line, row and field
 */
export function readPriceFile(value: string, home: string): OwnPrices {
  const path = fromHome(value, home)
  const content = readFileBytes(path, () => undefined)
  if (!content) throw unreadable(path, 'there is no such file', REMEDY)
  if (content.kind === 'fault') throw unreadable(path, content.fault, REMEDY)
  return toPrices(parseJsonTree(content.bytes.toString(), path, REMEDY), path)
}

const REMEDY = 'mend it, or take it out with `claude-gw config unset prices`; the README has the format'

function toPrices(root: JsonNode, path: string): OwnPrices {
  const file = { path, line: root.line, subject: '' }
  const members = checkedMembers(root.value, PRICE_FILE_FIELDS, file)
  const nodes = members.get('prices')?.value as readonly JsonNode[]
  const placed = nodes.map((node, index) => readRow(node, index + 1, path))
  for (const [index, row] of placed.entries()) refuseSecondPrice(row, placed.slice(0, index))
  return { path, date: members.get('date')?.value as string, rows: placed.map(({ row }) => row) }
}

function readRow({ value, line }: JsonNode, number: number, path: string): Placed {
  const name = isMembers(value) ? value.get('model')?.value : undefined
  const subject = `row ${number}${typeof name === 'string' ? ` (${shownName(name)})` : ''}: `
  const place = { path, line, subject }
  const members = checkedMembers(value, PRICE_ROW_FIELDS, place)
  const row = Object.fromEntries(
    [...members].map(([field, node]) => [field, node.value]),
  ) as unknown as PriceRow
  if (row.from !== undefined && row.until !== undefined && row.from >= row.until)
    throw malformed(place, `\`until\` must be after \`from\` (${row.from})`)
  return { row, number, place }
}

function checkedMembers(
  value: JsonValue,
  fields: Readonly<Record<string, PriceField>>,
  place: Place,
): JsonMembers {
  if (!isMembers(value)) throw malformed(place, 'it must be an object in braces')
  for (const [name, node] of value) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    const at = { ...place, line: node.line }
    if (!field) throw malformed(at, unknownField(name, Object.keys(fields)))
    if (!field.isFine(node.value)) throw malformed(at, wrongValue(name, field, node.value))
  }
  const missing = Object.keys(fields).find((name) => fields[name]?.isRequired && !value.has(name))
  if (missing !== undefined) throw malformed(place, `the field \`${missing}\` is missing`)
  return value
}

function unknownField(name: string, known: readonly string[]): string {
  const guess = nearest(name, known)
  return `there is no field \`${shownName(name)}\`${guess ? `; did you mean \`${guess}\`?` : ''}`
}

function wrongValue(name: string, { expected }: PriceField, value: JsonValue): string {
  const shown = typeof value === 'object' && value !== null ? 'what stands there' : quoted(String(value))
  return `\`${name}\` must be ${expected}, not ${shown}`
}

/** Two rows for the same prompts at the same time. Dates of this form sort as texts. */
function refuseSecondPrice({ row, place }: Placed, earlier: readonly Placed[]): void {
  const other = earlier.find(
    (one) =>
      one.row.model === row.model &&
      one.row.prompt_over === row.prompt_over &&
      (row.from ?? '') < (one.row.until ?? '~') &&
      (one.row.from ?? '') < (row.until ?? '~'),
  )
  if (other) throw malformed(place, `row ${other.number} has a price for the same prompts on the same days`)
}

function malformed({ path, line, subject }: Place, reason: string): GatewayError {
  return new GatewayError('CONFIG_MALFORMED', {
    origin: `${path}:${line}`,
    reason: subject + reason,
    remedy: REMEDY,
  })
}
