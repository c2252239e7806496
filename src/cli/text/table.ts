import type { Paint } from '../output.ts'
import { cutEnd, cutMiddle, textWidth } from './text-width.ts'

export interface Column {
  readonly title: string
  readonly isRight?: boolean
  /** Which end of a text that does not fit matters less; without it, its middle. */
  readonly cuts?: 'end'
  readonly minWidth?: number
  /** How narrow it may become; without it the column keeps the width of its cells. */
  readonly shrinksTo?: number
  /** Where nothing is cut, wider cells push the rest of their own row aside, and not that of all. */
  readonly alignsUpTo?: number
  /** Where the columns do not fit, those with a rank are left out, lowest first. */
  readonly rank?: number
}

export interface Cell {
  /** The first one that fits is shown; where none does, the last one is cut. */
  readonly forms: readonly [string, ...string[]]
  readonly paint?: Paint
}

/** One cell for each column. */
export type Row = readonly Cell[]

/** The shown columns, each with the index of its cell in a row. */
export interface Layout {
  readonly gap: number
  /** Whether there is room for all, so that nothing is cut. */
  readonly isWhole: boolean
  readonly columns: readonly Placed[]
}

interface Placed {
  readonly column: Column
  readonly index: number
  readonly width: number
}

const GAPS = [2, 1]

/** Which columns are shown, and how wide, so that `rows` fit into `available` terminal cells. */
export function layOut(columns: readonly Column[], rows: readonly Row[], available: number): Layout {
  const isWhole = available === Number.POSITIVE_INFINITY
  let placed = columns.map((column, index) => {
    const most = (isWhole ? column.alignsUpTo : undefined) ?? Number.POSITIVE_INFINITY
    return { column, index, width: fullWidth(column, index, rows, most) }
  })
  for (;;) {
    const gap = GAPS.find((width) => totalWidth(shrink(placed, 0, width), width) <= available)
    const rank = Math.min(...placed.map(({ column }) => column.rank ?? Number.POSITIVE_INFINITY))
    if (gap !== undefined) return { gap, isWhole, columns: shrink(placed, available, gap) }
    if (rank === Number.POSITIVE_INFINITY) return { gap: 1, isWhole, columns: shrink(placed, available, 1) }
    placed = placed.filter(({ column }) => column.rank !== rank)
  }
}

export function titlesOf(columns: readonly Column[], paint: Paint): Row {
  return columns.map(({ title }) => ({ forms: [title], paint }))
}

/** A row as one line, without a newline. */
export function renderRow({ gap, isWhole, columns }: Layout, row: Row): string {
  const cells = columns.map(({ column, index, width }) => {
    const { forms, paint } = row[index] ?? { forms: [''] }
    const cut = column.cuts === 'end' ? cutEnd : cutMiddle
    const fitting = isWhole ? forms[0] : forms.find((form) => textWidth(form) <= width)
    const text = fitting ?? cut(forms.at(-1) ?? '', width)
    const padding = ' '.repeat(Math.max(0, width - textWidth(text)))
    const painted = paint ? paint(text) : text
    return column.isRight ? padding + painted : painted + padding
  })
  return cells.join(' '.repeat(gap)).trimEnd()
}

/** @param most wider cells do not count */
function fullWidth(column: Column, index: number, rows: readonly Row[], most: number): number {
  const least = Math.max(textWidth(column.title), column.minWidth ?? 0)
  const widths = rows.map((row) => textWidth(row[index]?.forms[0] ?? ''))
  return widths.filter((width) => width <= most).reduce((widest, width) => Math.max(widest, width), least)
}

function totalWidth(columns: readonly Placed[], gap: number): number {
  return columns.reduce((total, { width }) => total + width + gap, -gap)
}

/** Takes what is too much from the columns that may shrink, from the widest first. */
function shrink(columns: readonly Placed[], available: number, gap: number): readonly Placed[] {
  const widths = columns.map(({ width }) => width)
  for (let excess = totalWidth(columns, gap) - available; excess > 0; excess -= 1) {
    const spare = columns.map(({ column }, index) => {
      const width = widths[index] ?? 0
      return width > (column.shrinksTo ?? width) ? width : 0
    })
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) break
    widths[widest] = (spare[widest] ?? 0) - 1
  }
  return columns.map((placed, index) => ({ ...placed, width: widths[index] ?? placed.width }))
}
