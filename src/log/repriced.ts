import type { ExchangeRecord } from '../exchange/exchange.ts'
import type { PriceTable } from '../usage/price-table.ts'
import type { Price } from '../usage/pricing.ts'
import { priceOf, UNFINISHED } from '../usage/pricing.ts'

/** A record, or what the ledger keeps of it. */
type Priced = Pick<
  ExchangeRecord,
  | ('ts' | 'model' | 'upstream_model' | 'response_model' | 'usage' | 'outcome' | 'stop_reason')
  | ('cost_usd' | 'cost_usd_reason')
>

/**
 * What an exchange costs by another table than the one it was recorded with, at the prices of its own day. Undefined where
 * nothing was bought.
 */
export function repriced(record: Priced, table: PriceTable): Price | undefined {
  const { usage, response_model, upstream_model, model, cost_usd, cost_usd_reason } = record
  if (!usage) {
    const isBought = usage === null || cost_usd === null
    return isBought ? { reason: cost_usd_reason ?? 'its usage is not known' } : undefined
  }
  return priceOf(table, {
    model: response_model ?? upstream_model ?? model,
    usage,
    atMs: Date.parse(record.ts),
    isFinal: isFinal(record),
  })
}

/** The ledger has no `stop_reason`, but whoever had a cost, or another reason for none, had counts that were final. */
function isFinal({ outcome, stop_reason, cost_usd, cost_usd_reason }: Priced): boolean {
  if (outcome === 'ok' || stop_reason !== undefined) return true
  return cost_usd !== undefined && cost_usd_reason !== UNFINISHED
}
