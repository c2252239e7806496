import type { Figures } from '../../usage/figures.ts'
import { shortModels } from '../logs/exchange-row.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { shortCount, shortDuration, shortMoney } from '../text/quantity.ts'
import type { Cell, Column, Row } from '../text/table.ts'
import { layOut, renderRow, titlesOf } from '../text/table.ts'
import type { AxisName } from './usage-axes.ts'
import { weightOf } from './usage-order.ts'
import type { UsageAnswer } from './usage-rows.ts'

export interface TableStyle {
  readonly palette: Palette
  /** Of the terminal, in cells; undefined where it is none. */
  readonly width: number | undefined
}

type FigureColumn = Column & { readonly cell: (figures: Figures, palette: Palette) => Cell }

const ABSENT = '-'
const BAR_WIDTH = 8
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const SHORT_ID = 8
/** `claude-haiku-4-5` */
const SHORT_MODEL = 16
const SHORT_NAME = 12

const count = (title: string, field: keyof Figures, rank: number): FigureColumn => ({
  title,
  isRight: true,
  rank,
  cell: (figures) => ({ forms: [shortCount(figures[field] ?? 0)] }),
})

const measure = (
  title: string,
  rank: number,
  text: (figures: Figures) => string | undefined,
): FigureColumn => ({ title, isRight: true, rank, cell: (figures) => ({ forms: [text(figures) ?? ABSENT] }) })

/** In a narrow terminal those of low rank are left out first. */
const FIGURE_COLUMNS: readonly FigureColumn[] = [
  count('REQUESTS', 'requests', 20),
  {
    title: 'ERRORS',
    isRight: true,
    rank: 9,
    cell: ({ errors }, { red, dim }) => ({ forms: [shortCount(errors)], paint: errors > 0 ? red : dim }),
  },
  count('RETRIES', 'retries', 4),
  count('INPUT', 'input_tokens', 10),
  count('OUTPUT', 'output_tokens', 14),
  count('READ', 'cache_read_input_tokens', 12),
  count('WRITTEN', 'cache_creation_input_tokens', 8),
  measure('HIT', 13, ({ cache_hit_rate }) => map(cache_hit_rate, (rate) => `${Math.round(rate * 100)}%`)),
  { title: 'COST', isRight: true, cell: (figures) => ({ forms: [costForm(figures)] }) },
  measure('TTFT', 7, ({ ttft_p50_ms }) => map(ttft_p50_ms, shortDuration)),
  measure('P95', 6, ({ ttft_p95_ms }) => map(ttft_p95_ms, shortDuration)),
  measure('MS/TOK', 3, ({ ms_per_token }) => map(ms_per_token, (ms) => ms.toFixed(ms < 100 ? 1 : 0))),
  measure('TOK/S', 5, ({ output_tokens_per_second }) =>
    map(output_tokens_per_second, (rate) => rate.toFixed(0)),
  ),
]

const BAR_RANK = 11

/** The lines of the answer, titles first and totals last, each with its newline. */
export function usageTable(answer: UsageAnswer, { palette, width }: TableStyle): string {
  const isTerminal = width !== undefined
  const columns: Column[] = [
    ...answer.by.map((name) => nameColumn(name)),
    ...FIGURE_COLUMNS,
    ...(isTerminal ? [{ title: '', minWidth: BAR_WIDTH, rank: BAR_RANK }] : []),
  ]
  const weight = weightOf(answer.rows)
  const heaviest = answer.rows.reduce((most, row) => Math.max(most, weight(row)), 0)
  const rows = answer.rows.map((row) => [
    ...row.names.map((name, index) => nameCell(answer.by[index], name, isTerminal, palette)),
    ...FIGURE_COLUMNS.map(({ cell }) => cell(row.figures, palette)),
    { forms: [bar(weight(row), heaviest)] as const, paint: palette.green },
  ])
  const totals = totalsRow(answer, palette)
  const layout = layOut(columns, [...rows, totals], width ?? Number.POSITIVE_INFINITY)
  return [titlesOf(columns, palette.dim), ...rows, totals]
    .map((row) => `${renderRow(layout, row)}\n`)
    .join('')
}

function nameColumn(name: AxisName): Column {
  const title = name === 'week' ? 'WEEK FROM' : name.toUpperCase()
  return { title, shrinksTo: name === 'model' ? SHORT_MODEL : SHORT_NAME }
}

/** An id is shown by its beginning where a person reads it, as `--session` takes it. */
function nameCell(
  axis: AxisName | undefined,
  name: string | null,
  isTerminal: boolean,
  { dim }: Palette,
): Cell {
  if (name === null) return { forms: [axis === 'agent' ? 'main' : '(none)'], paint: dim }
  const text = escapeControls(name)
  if (axis === 'model') return { forms: shortModels(text) }
  if (axis === 'hour') return { forms: [text.replace('T', ' '), text.slice(5, 16).replace('T', ' ')] }
  return { forms: [axis === 'session' && isTerminal ? text.slice(0, SHORT_ID) : text] }
}

function totalsRow({ by, rows, rowCount, totals }: UsageAnswer, palette: Palette): Row {
  const { bold } = palette
  const label = rows.length < rowCount ? `all ${rowCount}` : 'total'
  return [
    { forms: [label], paint: bold },
    ...by.slice(1).map((): Cell => ({ forms: [''] })),
    ...FIGURE_COLUMNS.map(({ cell }) => ({ ...cell(totals, palette), paint: bold })),
    { forms: [''] },
  ]
}

/** At least so much, where the cost of some exchanges is not known. */
function costForm({ cost_usd, unknown_costs }: Figures): string {
  if (cost_usd === null) return 'unknown'
  if (unknown_costs > 0) return `≥${shortMoney(cost_usd)}`
  return cost_usd === 0 ? ABSENT : shortMoney(cost_usd)
}

function bar(part: number, whole: number): string {
  const eighths = whole > 0 ? Math.ceil((part / whole) * BAR_WIDTH * 8) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}

function map<T>(value: number | null, text: (value: number) => T): T | undefined {
  return value === null ? undefined : text(value)
}
