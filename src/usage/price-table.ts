import { createHash } from 'node:crypto'
import { listedName } from './model-name.ts'
import type { PriceList, PriceRow } from './prices.ts'
import { LIST_PRICES } from './prices.ts'

/** Where a price comes from, as the record has it. */
export interface PriceSource {
  /** The date of the table. */
  readonly table: string
  /** `built-in`, or the path of a file. */
  readonly source: string
}

/** Prices that can be looked up at once. */
export interface PriceTable {
  readonly models: ReadonlyMap<string, ModelPrices>
}

export interface ModelPrices {
  readonly origin: PriceSource
  /** Of two rows for a moment, the one for longer prompts comes first. */
  readonly rows: readonly DatedRow[]
}

export interface DatedRow extends PriceRow {
  readonly fromMs: number
  readonly untilMs: number
}

/** A price list of the user's. */
export interface OwnPrices extends PriceList {
  readonly path: string
}

/** The source of our own list. */
export const BUILT_IN = 'built-in'

/** Our list prices, and over them those of the user: a model that has rows there has only those. */
export function createPriceTable(own?: OwnPrices): PriceTable {
  const models = new Map<string, ModelPrices>()
  addList(models, LIST_PRICES, BUILT_IN)
  if (own) addList(models, own, own.path)
  return { models }
}

/** By its whole name, else by the one that it is listed under. */
export function findModel({ models }: PriceTable, name: string): ModelPrices | undefined {
  return models.get(name) ?? models.get(listedName(name))
}

/** The same for tables of the same prices, wherever they come from: 16 hexadecimal digits. */
export function digestOf({ models }: PriceTable): string {
  const rows = [...models].map(([model, prices]) => [model, prices.rows])
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)
}

function addList(models: Map<string, ModelPrices>, { date, rows }: PriceList, source: string): void {
  const origin = { table: date, source }
  for (const model of new Set(rows.map((row) => row.model))) {
    const own = rows.filter((row) => row.model === model).map(toDated)
    models.set(model, { origin, rows: own.sort((a, b) => (b.prompt_over ?? 0) - (a.prompt_over ?? 0)) })
  }
}

function toDated(row: PriceRow): DatedRow {
  return {
    ...row,
    fromMs: row.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(row.from),
    untilMs: row.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(row.until),
  }
}
