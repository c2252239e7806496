import type { Config } from '../../config/config.ts'
import type { PriceTable } from '../../usage/price-table.ts'
import { createPriceTable } from '../../usage/price-table.ts'
import type { Context } from '../context.ts'

/** @throws GatewayError CONFIG_* where a price file of the user's does not do */
export async function openPrices({ home }: Context, { values }: Config): Promise<PriceTable> {
  if (!values.prices) return createPriceTable()
  const { readPriceFile } = await import('../../config/price-file.ts')
  return createPriceTable(readPriceFile(values.prices, home))
}
