import type { TimeRange } from '../../log/since.ts'
import type { Figures } from '../../usage/figures.ts'
import { escapeJson } from '../output.ts'
import { zoneName } from './local-time.ts'
import { fieldOf } from './usage-axes.ts'
import type { UsageRow } from './usage-order.ts'
import type { UsageSource } from './usage-question.ts'
import type { UsageAnswer } from './usage-rows.ts'

export interface UsageFacts {
  readonly source: UsageSource
  readonly range: TimeRange
  /** Whether costs are those of the price table of today. */
  readonly isRepriced: boolean
  readonly skippedLines: number
}

/** What `usage --json` prints: one object, stable for scripts. */
export function usageJson(answer: UsageAnswer, facts: UsageFacts): string {
  const document = {
    v: 1,
    source: facts.source,
    by: answer.by.map(fieldOf),
    since: timeText(facts.range.sinceMs),
    until: timeText(facts.range.untilMs),
    zone: zoneName(),
    repriced: facts.isRepriced,
    rows: answer.rows.map((row) => rowObject(row, answer)),
    row_count: answer.rowCount,
    totals: rounded(answer.totals),
    skipped_lines: facts.skippedLines,
  }
  return jsonPage(document)
}

/** For people too: names off the wire could move the cursor of a terminal. */
export function jsonPage(document: object): string {
  const lines = JSON.stringify(document, undefined, 2).split('\n')
  return `${lines.map(escapeJson).join('\n')}\n`
}

/** The names and figures of a row under the names of their fields. */
export function rowObject(
  { names, figures }: UsageRow,
  { by }: UsageAnswer,
): Record<string, string | number | null> {
  const named = by.map((axis, index) => [fieldOf(axis), names[index] ?? null] as const)
  return { ...Object.fromEntries(named), ...rounded(figures) }
}

/** Shares to a hundredth of a percent, times to a hundredth of a millisecond. */
function rounded(figures: Figures): Record<keyof Figures, number | null> {
  const round = (value: number | null, steps: number) =>
    value === null ? null : Math.round(value * steps) / steps
  return {
    ...figures,
    cache_hit_rate: round(figures.cache_hit_rate, 10_000),
    ttft_p50_ms: round(figures.ttft_p50_ms, 100),
    ttft_p95_ms: round(figures.ttft_p95_ms, 100),
    ms_per_token: round(figures.ms_per_token, 100),
    output_tokens_per_second: round(figures.output_tokens_per_second, 100),
  }
}

function timeText(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString()
}
