import type { Figures } from '../../usage/figures.ts'
import { figuresOf } from '../../usage/figures.ts'
import type { Group, Groups } from '../../usage/groups.ts'
import type { AxisName } from './usage-axes.ts'
import { isTimeAxis } from './usage-axes.ts'
import type { UsageRow } from './usage-order.ts'
import { sortRows } from './usage-order.ts'
import type { UsageQuestion } from './usage-question.ts'

export interface UsageAnswer {
  readonly by: readonly AxisName[]
  readonly rows: readonly UsageRow[]
  /** How many rows there are, with those that were not asked for. */
  readonly rowCount: number
  /** Of all rows. */
  readonly totals: Figures
}

/** Where there are more rows than asked for, the last times stay, or the first of anything else. */
export function answerOf(groups: Groups, { by, sort, count }: UsageQuestion): UsageAnswer {
  const isTime = by[0] !== undefined && isTimeAxis(by[0])
  const rows = sortRows(
    groups.groups().map((group) => rowOf(group, isTime)),
    sort,
  )
  const isNewestLast = isTime && sort === 'name'
  const start = isNewestLast && count !== undefined ? Math.max(0, rows.length - count) : 0
  const shown = rows.slice(start, count === undefined ? undefined : start + count)
  return { by, rows: shown, rowCount: rows.length, totals: figuresOf(groups.totals) }
}

function rowOf({ names, sums, firstMs }: Group, isTime: boolean): UsageRow {
  return { names, figures: figuresOf(sums), firstMs, isTime }
}
