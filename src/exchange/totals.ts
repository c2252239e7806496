import type { ExchangeRecord } from './exchange.ts'

/** Sums over the exchanges of one run; tokens as the API counted them, snake_case as in the record. */
export interface Totals {
  requests: number
  /** Exchanges whose outcome was not `ok`. */
  errors: number
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  /** Answers that should have told their usage and did not. */
  unknown_usage: number
}

const COUNTERS = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
] as const

export function createTotals(): Totals {
  return {
    requests: 0,
    errors: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    unknown_usage: 0,
  }
}

export function addToTotals(totals: Totals, record: ExchangeRecord): void {
  totals.requests += 1
  if (record.outcome !== 'ok') totals.errors += 1
  if (record.usage === null) totals.unknown_usage += 1
  for (const name of COUNTERS) {
    const count = record.usage?.[name]
    if (typeof count === 'number') totals[name] += count
  }
}
