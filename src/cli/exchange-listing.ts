import type { Entry } from '../log/search.ts'
import type { Context } from './context.ts'
import { EXCHANGE_COLUMNS, exchangeRow } from './exchange-row.ts'
import { escapeJson, openPalette, print } from './output.ts'
import type { Layout } from './table.ts'
import { layOut, renderRow, titlesOf } from './table.ts'

/** Prints exchanges, oldest first, a batch at a time. @returns false when nobody reads any more */
export type Listing = (entries: readonly Entry[]) => Promise<boolean>

/** The stored lines as they are; on a terminal with control characters as JSON escapes. */
export function openJsonListing({ stdout }: Context): Listing {
  const show = stdout.isTTY ? escapeJson : (line: string) => line
  return (entries) => print(stdout, entries.map(({ line }) => `${show(line)}\n`).join(''))
}

/** An aligned line for each exchange. The first batch decides the widths; a terminal gets titles, and lines that fit. */
export async function openTableListing(context: Context): Promise<Listing> {
  const { stdout } = context
  const palette = await openPalette(context, stdout)
  let layout: Layout | undefined
  return (entries) => {
    const now = new Date()
    const rows = entries.map(({ record }) => exchangeRow(record, palette, now))
    const titles = layout === undefined && stdout.isTTY ? [titlesOf(EXCHANGE_COLUMNS, palette.dim)] : []
    const widths = layout ?? layOut(EXCHANGE_COLUMNS, rows, availableWidth(stdout))
    layout = widths
    return print(stdout, [...titles, ...rows].map((row) => `${renderRow(widths, row)}\n`).join(''))
  }
}

function availableWidth({ isTTY, columns }: Context['stdout']): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY
}
