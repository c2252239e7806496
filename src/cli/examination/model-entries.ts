import { listPrice } from '../../usage/list-price.ts'
import type { PriceTable } from '../../usage/price-table.ts'

/** A model of the upstream. Stable in `models --json`. */
export interface ModelEntry {
  /** As the upstream has it. */
  readonly id: string
  /** Names that can be asked for in its place. */
  readonly aliases: readonly string[]
  /** Whether the upstream lists it. */
  readonly listed: boolean
  /** In USD per million tokens; null where unknown. */
  readonly input_usd: number | null
  readonly output_usd: number | null
  /** Whether there is a route to it, where that was asked. */
  readonly route?: 'there' | 'none' | 'unknown'
  readonly route_reason?: string
}

/** What the upstream lists, in its order, then what only aliases name. */
export function modelEntries(
  listed: readonly string[],
  aliases: Readonly<Record<string, string>>,
  prices: PriceTable,
  nowMs: number,
): readonly ModelEntry[] {
  const ids = [...new Set([...listed, ...Object.values(aliases)])]
  return ids.map((id) => {
    const price = listPrice(prices, id, nowMs)
    return {
      id,
      aliases: Object.keys(aliases).filter((name) => aliases[name] === id),
      listed: listed.includes(id),
      input_usd: price?.input ?? null,
      output_usd: price?.output ?? null,
    }
  })
}
