import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { Entry } from '../../log/search.ts'
import type { Context } from '../context.ts'
import type { Palette } from '../output.ts'
import { escapeJson, openPalette, print } from '../output.ts'
import type { Column, Layout, Row } from '../text/table.ts'
import { layOut, renderRow, titlesOf } from '../text/table.ts'
import { EXCHANGE_COLUMNS, exchangeRow } from './exchange-row.ts'

/** Prints exchanges, oldest first, a batch at a time. @returns false when nobody reads any more */
export type Listing = (entries: readonly Entry[]) => Promise<boolean>

/** The stored lines as they are; on a terminal with control characters as JSON escapes. */
export function openJsonListing({ stdout }: Context): Listing {
  const show = stdout.isTTY ? escapeJson : (line: string) => line
  return (entries) => print(stdout, entries.map(({ line }) => `${show(line)}\n`).join(''))
}

/** An aligned line for each exchange. */
export async function openTableListing(context: Context): Promise<Listing> {
  const palette = await openPalette(context, context.stdout)
  return openRowListing(context.stdout, EXCHANGE_COLUMNS, palette, (record) =>
    exchangeRow(record, palette, new Date()),
  )
}

/** A table. The first batch decides the widths; a terminal gets titles, and lines that fit. */
export function openRowListing(
  stdout: Context['stdout'],
  columns: readonly Column[],
  palette: Palette,
  rowOf: (record: ExchangeRecord) => Row,
): Listing {
  let layout: Layout | undefined
  return (entries) => {
    const rows = entries.map(({ record }) => rowOf(record))
    const titles = layout === undefined && stdout.isTTY ? [titlesOf(columns, palette.dim)] : []
    const widths = layout ?? layOut(columns, rows, availableWidth(stdout))
    layout = widths
    return print(stdout, [...titles, ...rows].map((row) => `${renderRow(widths, row)}\n`).join(''))
  }
}

function availableWidth({ isTTY, columns }: Context['stdout']): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY
}
