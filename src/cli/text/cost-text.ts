import type { Totals } from '../../exchange/totals.ts'
import { knownCost } from '../../exchange/totals.ts'
import { shortMoney } from './quantity.ts'

/** What exchanges cost together: `$0.42`, `$0.42 + 2 unknown`, `cost unknown`; undefined where nothing was bought. */
export function costText(totals: Totals): string | undefined {
  const { known_costs, unknown_costs } = totals
  const costUsd = knownCost(totals)
  if (costUsd === null) return 'cost unknown'
  if (known_costs === 0) return undefined
  return unknown_costs > 0 ? `${shortMoney(costUsd)} + ${unknown_costs} unknown` : shortMoney(costUsd)
}

/** What part of the prompts was read from the cache: `91 % cached`; undefined where there were none. */
export function cachedText(totals: Totals): string | undefined {
  const prompt = promptTokens(totals)
  return prompt > 0 ? `${Math.round((totals.cache_read_input_tokens / prompt) * 100)} % cached` : undefined
}

export function promptTokens(totals: Totals): number {
  return totals.input_tokens + totals.cache_creation_input_tokens + totals.cache_read_input_tokens
}
