import type { PriceTable } from './price-table.ts'
import { findModel } from './price-table.ts'

/** What a model costs at a moment, for usual prompts, in USD per million tokens. */
export interface ListPrice {
  readonly input: number
  readonly output: number
}

/** @param atMs Unix milliseconds @returns undefined where there is no price for it then */
export function listPrice(table: PriceTable, model: string, atMs: number): ListPrice | undefined {
  const rows = findModel(table, model)?.rows ?? []
  const row = rows.find(
    ({ fromMs, untilMs, prompt_over }) => prompt_over === undefined && fromMs <= atMs && atMs < untilMs,
  )
  return row && { input: row.input, output: row.output }
}
