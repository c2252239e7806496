import { isJsonObject } from '../json/object.ts'
import type { ExchangeRecord, Usage } from './exchange.ts'

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
  /** In USD, of those whose cost is known. */
  cost_usd: number
  known_costs: number
  unknown_costs: number
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
    cost_usd: 0,
    known_costs: 0,
    unknown_costs: 0,
  }
}

/** @param record a whole one, or what the ledger keeps of it */
export function addToTotals(
  totals: Totals,
  record: Pick<ExchangeRecord, 'outcome' | 'usage' | 'cost_usd'>,
): void {
  totals.requests += 1
  if (record.outcome !== 'ok') totals.errors += 1
  if (record.usage === null) totals.unknown_usage += 1
  addCost(totals, record.cost_usd)
  if (record.usage) addTokens(totals, record.usage)
}

/** The tokens alone, by their names in the API. */
export function tokenCounts(totals: Totals): Readonly<Record<string, number>> {
  return Object.fromEntries(COUNTERS.map((name) => [name, totals[name]]))
}

/** What is known of the cost, in USD; null where nothing is known of what was bought. */
export function knownCost({ cost_usd, known_costs, unknown_costs }: Totals): number | null {
  return known_costs === 0 && unknown_costs > 0 ? null : Math.round(cost_usd * 1e9) / 1e9
}

/** Counters in the manner of OpenAI count where there are no others, as for prices. */
function addTokens(totals: Totals, usage: Usage): void {
  const isAnthropic = COUNTERS.some((name) => typeof usage[name] === 'number')
  if (isAnthropic) for (const name of COUNTERS) totals[name] += countIn(usage, name)
  else addOpenaiTokens(totals, usage)
}

/** Here the prompt's count includes what was read from the cache. */
function addOpenaiTokens(totals: Totals, usage: Usage): void {
  const details = usage['prompt_tokens_details']
  const prompt = countIn(usage, 'prompt_tokens')
  const cached = Math.min(prompt, isJsonObject(details) ? countIn(details, 'cached_tokens') : 0)
  totals.input_tokens += prompt - cached
  totals.cache_read_input_tokens += cached
  totals.output_tokens += countIn(usage, 'completion_tokens')
}

function countIn(usage: Usage, name: string): number {
  const count = usage[name]
  return typeof count === 'number' ? count : 0
}

function addCost(totals: Totals, costUsd: number | null | undefined): void {
  if (costUsd === null) totals.unknown_costs += 1
  if (typeof costUsd !== 'number') return
  totals.cost_usd += costUsd
  totals.known_costs += 1
}
