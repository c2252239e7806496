import type { PriceRow } from '../usage/prices.ts'
import type { JsonValue } from './json-tree.ts'

/** What may stand in a field of a price file. */
export interface PriceField {
  readonly expected: string
  readonly isFine: (value: JsonValue) => boolean
  readonly isRequired?: true
}

const price: PriceField = { expected: 'a number of USD, 0 or more', isFine: isAmount }
const factor: PriceField = { expected: 'a number, 0 or more', isFine: isAmount }
const date: PriceField = { expected: 'a date such as "2026-11-01"', isFine: isDate }

export const PRICE_FILE_FIELDS: Readonly<Record<string, PriceField>> = {
  date: { ...date, isRequired: true },
  prices: { expected: 'a list of rows', isFine: Array.isArray, isRequired: true },
}

/** Those of a row, each with what may stand there. */
export const PRICE_ROW_FIELDS: Readonly<Record<keyof PriceRow, PriceField>> = {
  model: { expected: 'the name of a model', isFine: isName, isRequired: true },
  from: date,
  until: date,
  prompt_over: { expected: 'a whole number of tokens', isFine: isWhole },
  input: { ...price, isRequired: true },
  output: { ...price, isRequired: true },
  cache_write_5m: price,
  cache_write_1h: price,
  cache_read: price,
  fast: factor,
  inference_geo_us: factor,
  batch: factor,
  web_search: price,
}

function isAmount(value: JsonValue): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1e6
}

function isWhole(value: JsonValue): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isName(value: JsonValue): boolean {
  return typeof value === 'string' && /^\S{1,200}$/.test(value)
}

function isDate(value: JsonValue): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const moment = new Date(value)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value)
}
