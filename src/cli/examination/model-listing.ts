import type { Context } from '../context.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import type { Column, Row } from '../text/table.ts'
import { layOut, renderRow, titlesOf } from '../text/table.ts'
import type { ModelEntry } from './model-entries.ts'

const COLUMNS: readonly Column[] = [
  { title: 'MODEL', shrinksTo: 16 },
  { title: 'ASKED FOR AS', shrinksTo: 12 },
  { title: '$/M IN', isRight: true },
  { title: '$/M OUT', isRight: true },
]
const ROUTE: Column = { title: 'ROUTE', shrinksTo: 10, cuts: 'end' }

export interface ListingInput {
  readonly stdout: Context['stdout']
  /** Whether the upstream has said what it lists. */
  readonly isListKnown: boolean
}

/** A line for each model; a terminal gets titles. */
export function modelListing(
  entries: readonly ModelEntry[],
  { stdout: { isTTY, columns: width }, isListKnown }: ListingInput,
  palette: Palette,
): string {
  const columns = entries.some(({ route }) => route) ? [...COLUMNS, ROUTE] : COLUMNS
  const rows = entries.map((entry) => rowOf(entry, isListKnown, palette).slice(0, columns.length))
  const layout = layOut(columns, rows, isTTY ? width || 80 : Number.POSITIVE_INFINITY)
  const titles = isTTY ? [titlesOf(columns, palette.dim)] : []
  return [...titles, ...rows].map((row) => `${renderRow(layout, row)}\n`).join('')
}

function rowOf(entry: ModelEntry, isListKnown: boolean, { red, yellow, dim }: Palette): Row {
  const { id, aliases, listed, route, route_reason } = entry
  const reason = route_reason ? `${route}: ${escapeControls(route_reason)}` : (route ?? '')
  const names = aliases.length > 0 ? escapeControls(aliases.join(', ')) : '-'
  return [
    { forms: [escapeControls(id)] },
    {
      forms: [`${names}${isListKnown && !listed ? ' (not listed)' : ''}`],
      ...(listed ? {} : { paint: dim }),
    },
    { forms: [priceText(entry.input_usd)] },
    { forms: [priceText(entry.output_usd)] },
    {
      forms: [reason],
      ...(route === 'none' ? { paint: red } : route === 'unknown' ? { paint: yellow } : {}),
    },
  ]
}

function priceText(usd: number | null): string {
  return usd === null ? 'unknown' : String(usd)
}
