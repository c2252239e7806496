import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import type { Cell, Column, Row } from '../text/table.ts'
import { layOut, renderRow, titlesOf } from '../text/table.ts'
import type { Comparison } from './usage-comparison.ts'
import { COUNT_NAMES, differenceOf } from './usage-comparison.ts'

const COLUMNS: readonly Column[] = [
  { title: 'SESSION', shrinksTo: 8, cuts: 'end' },
  { title: 'ANSWERS', isRight: true },
  { title: 'INPUT', isRight: true },
  { title: 'OUTPUT', isRight: true },
  { title: 'READ', isRight: true },
  { title: 'WRITTEN', isRight: true },
  { title: 'WHY', cuts: 'end', shrinksTo: 30 },
]

/** A line for each session: our numbers, and behind each how much more or less that is than in the transcript. */
export function comparisonTable(comparisons: readonly Comparison[], palette: Palette, width: number): string {
  const rows = comparisons.map((comparison) => rowOf(comparison, palette))
  const layout = layOut(COLUMNS, rows, width)
  return [titlesOf(COLUMNS, palette.dim), ...rows].map((row) => `${renderRow(layout, row)}\n`).join('')
}

function rowOf(comparison: Comparison, { green, yellow, dim }: Palette): Row {
  const { session, ours, isEqual, reason } = comparison
  const difference = differenceOf(comparison)
  const cells = COUNT_NAMES.map((name): Cell => countCell(ours[name], difference?.[name] ?? 0, yellow))
  const why: Cell = isEqual ? { forms: [reason || 'the same'], paint: green } : { forms: [reason] }
  return [{ forms: [escapeControls(session)], paint: dim }, ...cells, why]
}

function countCell(count: number, difference: number, paint: Palette['yellow']): Cell {
  const text = count.toLocaleString('en')
  if (difference === 0) return { forms: [text] }
  return {
    forms: [`${text} ${difference > 0 ? '+' : '−'}${Math.abs(difference).toLocaleString('en')}`],
    paint,
  }
}
