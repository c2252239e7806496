import { GatewayError } from '../../base/errors.ts'
import type { Figures } from '../../usage/figures.ts'
import type { AxisName } from './usage-axes.ts'
import { isTimeAxis } from './usage-axes.ts'

/** One row of the answer, before it is put into words. */
export interface UsageRow {
  /** For each axis; null where the exchanges have none. */
  readonly names: readonly (string | null)[]
  readonly figures: Figures
  readonly firstMs: number
  /** Whether the first name is one of a time. */
  readonly isTime: boolean
}

const FIGURES = {
  requests: 'requests',
  errors: 'errors',
  retries: 'retries',
  input: 'input_tokens',
  output: 'output_tokens',
  'cache-read': 'cache_read_input_tokens',
  'cache-write': 'cache_creation_input_tokens',
  'hit-rate': 'cache_hit_rate',
  cost: 'cost_usd',
  ttft: 'ttft_p50_ms',
  'ttft-p95': 'ttft_p95_ms',
  'ms-per-token': 'ms_per_token',
  throughput: 'output_tokens_per_second',
} as const satisfies Readonly<Record<string, keyof Figures>>

export type SortKey = keyof typeof FIGURES | 'name'

/** What `--sort` takes. */
export const SORT_KEYS = ['name', ...Object.keys(FIGURES)] as SortKey[]

/** @returns undefined where nothing is asked for: times then rise, anything else falls by its cost @throws GatewayError USAGE */
export function parseSort(text: string | undefined, by: readonly AxisName[]): SortKey | undefined {
  if (text === undefined) return by[0] !== undefined && isTimeAxis(by[0]) ? 'name' : undefined
  if (SORT_KEYS.includes(text as SortKey)) return text as SortKey
  throw new GatewayError('USAGE', { reason: `\`--sort ${text}\`: give one of ${SORT_KEYS.join(', ')}` })
}

/** Names and times rise, figures fall; what is not known comes last. */
export function sortRows(rows: readonly UsageRow[], key: SortKey | undefined): readonly UsageRow[] {
  if (key === 'name') return rows.toSorted(byName)
  const weight = key === undefined ? weightOf(rows) : ({ figures }: UsageRow) => figures[FIGURES[key]]
  return rows.toSorted((a, b) => (weight(b) ?? -1) - (weight(a) ?? -1) || byName(a, b))
}

/** What rows are compared by: their cost, or where none is known their tokens. */
export function weightOf(rows: readonly UsageRow[]): (row: UsageRow) => number {
  const hasCosts = rows.some(({ figures }) => (figures.cost_usd ?? 0) > 0)
  return ({ figures }) => (hasCosts ? (figures.cost_usd ?? 0) : tokensOf(figures))
}

function tokensOf(figures: Figures): number {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = figures
  return input_tokens + output_tokens + cache_read_input_tokens + cache_creation_input_tokens
}

function byName(a: UsageRow, b: UsageRow): number {
  const isTime = a.isTime && b.isTime
  if (isTime && a.names[0] !== b.names[0]) return a.firstMs - b.firstMs
  const index = a.names.findIndex((name, position) => name !== b.names[position])
  const [left, right] = [a.names[index], b.names[index]]
  if (left == null || right == null) return left === right ? 0 : left == null ? 1 : -1
  return left < right ? -1 : 1
}
