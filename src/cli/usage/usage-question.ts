import { GatewayError } from '../../base/errors.ts'
import type { TimeRange } from '../../log/since.ts'
import { parseRange } from '../../log/since.ts'
import { textPattern } from '../../log/text-pattern.ts'
import type { Dimension } from '../../usage/dimensions.ts'
import type { Filter } from '../../usage/groups.ts'
import type { AxisName } from './usage-axes.ts'
import { parseAxes } from './usage-axes.ts'
import type { SortKey } from './usage-order.ts'
import { parseSort } from './usage-order.ts'

/** What a person asks of `usage`, as it is typed. */
export interface UsageInput {
  readonly by?: string
  readonly from?: string
  readonly since?: string
  readonly until?: string
  readonly model?: string
  readonly project?: string
  readonly profile?: string | undefined
  readonly session?: string
  readonly user?: string
  readonly sort?: string
  readonly count?: string
  readonly json?: boolean
  readonly csv?: boolean
}

export interface UsageQuestion {
  readonly source: UsageSource
  readonly by: readonly AxisName[]
  readonly range: TimeRange
  readonly filters: readonly Filter[]
  readonly sort: SortKey | undefined
  /** How many rows at most. */
  readonly count: number | undefined
  readonly form: 'table' | 'json' | 'csv'
}

/** Which files are read. */
export type UsageSource = 'ledger' | 'log'

/** @throws GatewayError USAGE, which says what is taken */
export function parseUsageQuestion(input: UsageInput, now: Date): UsageQuestion {
  const { json, csv, sort, count } = input
  if (json && csv) throw usage('`--json` and `--csv` cannot both be printed')
  const by = parseAxes(input.by ?? 'day')
  return {
    source: parseSource(input.from ?? 'ledger'),
    by,
    range: parseRange(input, now),
    filters: parseFilters(input),
    sort: parseSort(sort, by),
    count: count === undefined ? undefined : parseCount(count),
    form: json ? 'json' : csv ? 'csv' : 'table',
  }
}

function parseSource(text: string): UsageSource {
  if (text === 'ledger' || text === 'log') return text
  throw usage(`\`--from ${text}\`: give ledger or log`)
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw usage(`\`-n ${text}\`: give a whole number`)
}

/** The same meaning as in `logs`. */
function parseFilters({ model, project, profile, session, user }: UsageInput): Filter[] {
  if ([model, project, profile, session, user].includes('')) {
    throw usage('`--model`, `--project`, `--profile`, `--session` and `--user` need a text to look for')
  }
  const equals = (dimension: Dimension, text: string | undefined) =>
    text === undefined ? [] : [{ dimensions: [dimension], isMeant: (value: string) => value === text }]
  return [
    ...(model === undefined
      ? []
      : [{ dimensions: ['model', 'response_model'] as const, isMeant: textPattern(model) }]),
    ...(session === undefined
      ? []
      : [{ dimensions: ['session'] as const, isMeant: (value: string) => value.startsWith(session) }]),
    ...equals('project', project),
    ...equals('profile', profile),
    ...equals('user', user),
  ]
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
