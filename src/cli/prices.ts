import type { Config } from '../config/config.ts'
import { readPriceFile } from '../config/price-file.ts'
import type { PriceTable } from '../usage/price-table.ts'
import { createPriceTable } from '../usage/price-table.ts'
import type { Context } from './context.ts'

/** @throws GatewayError CONFIG_* where a price file of the user's does not do */
export function openPrices({ home }: Context, { values }: Config): PriceTable {
  return createPriceTable(values.prices ? readPriceFile(values.prices, home) : undefined)
}
