import type { ExchangeRecord } from '../exchange/exchange.ts'
import type { PriceTable } from '../usage/price-table.ts'
import { priceOf } from '../usage/pricing.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { asksModel } from './model-call.ts'

type Cost = Pick<ExchangeRecord, 'cost_usd' | 'cost_usd_reason' | 'price'>

/** What an exchange costs; nothing where no model was asked, or it answered with an error. */
export function costOf(facts: ExchangeFacts, prices: PriceTable): Cost {
  const { body, startedAt, summary } = facts
  if (isLeftUnanswered(facts)) return unknown('the client left before the answer')
  if (summary?.usage === undefined) return {}
  if (summary.usage === null) return unknown('its usage is not known')
  const price = priceOf(prices, {
    model: summary.responseModel ?? body.sentModel ?? body.asked().model,
    usage: summary.usage,
    atMs: startedAt.getTime(),
    // The counts of a stream are preliminary up to the event that tells why it stops.
    isFinal: summary.isComplete !== false || summary.stopReason !== undefined,
  })
  return 'reason' in price ? unknown(price.reason) : { cost_usd: price.costUsd, price: price.origin }
}

/** The upstream may have gone on, and bill it; not while nothing was asked of it, between two attempts. */
function isLeftUnanswered(facts: ExchangeFacts): boolean {
  const isSent = facts.isAwaited && facts.body.endedAtMs !== undefined
  return facts.outcome === 'client_aborted' && isSent && asksModel(facts)
}

function unknown(reason: string): Cost {
  return { cost_usd: null, cost_usd_reason: reason }
}
