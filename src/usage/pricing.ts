import type { JsonObject } from '../json/object.ts'
import { countIn, countsOf, memberOf, promptTokens, shapeOf } from './counts.ts'
import type { DatedRow, PriceSource, PriceTable } from './price-table.ts'
import { BUILT_IN, findModel } from './price-table.ts'
import type { PriceRow } from './prices.ts'
import type { Sampling } from './samplings.ts'
import { samplingsOf } from './samplings.ts'

/** An answer that is paid for. */
export interface Purchase {
  /** The one that answered, else the one that was asked for. */
  readonly model?: string | null | undefined
  /** The API's own object. */
  readonly usage: JsonObject
  /** When it began, Unix milliseconds. */
  readonly atMs: number
  /** Whether the usage is that of the whole answer; true by default. */
  readonly isFinal?: boolean
}

/** What it costs in USD and by which table, or why that is not known. */
export type Price = { readonly costUsd: number; readonly origin: PriceSource } | { readonly reason: string }

export const UNFINISHED = 'the answer broke off before its usage was final'

/** Without names off the wire, so that they can be counted. */
const REASONS = {
  noCounts: 'its usage has no counts of tokens',
  noModel: 'neither the request nor the answer names a model',
  unknownModel: 'there is no price for this model (the key `prices` adds one)',
  foreign: 'its usage is not in the form of the list prices (the key `prices` adds prices)',
  unknownPart: 'its usage has a part of an unknown kind',
  noRow: 'there is no price for this model on that day, for a prompt of that size',
} as const

interface Mode {
  readonly field: string
  /** The names under which the price is that of the list. */
  readonly usual: readonly string[]
  readonly factors: Readonly<Record<string, keyof PriceRow>>
}

const MODES: readonly Mode[] = [
  { field: 'speed', usual: ['standard'], factors: { fast: 'fast' } },
  { field: 'inference_geo', usual: ['global', 'not_available'], factors: { us: 'inference_geo_us' } },
  { field: 'service_tier', usual: ['standard', 'priority'], factors: { batch: 'batch' } },
]

const TOKENS_PER_PRICE = 1e6
const SEARCHES_PER_PRICE = 1000
/** Finer than the price of any token; what is finer still is noise of floating point. */
const STEPS_PER_USD = 1e9

class Unpriced extends Error {}

/** What an answer costs, by a table. Pure: an old record costs what it did then. */
export function priceOf(table: PriceTable, purchase: Purchase): Price {
  try {
    return sell(table, purchase)
  } catch (error) {
    if (error instanceof Unpriced) return { reason: error.message }
    throw error
  }
}

function sell(table: PriceTable, { model, usage, atMs, isFinal = true }: Purchase): Price {
  if (!isFinal) throw new Unpriced(UNFINISHED)
  if (!model) throw new Unpriced(REASONS.noModel)
  const sold = partsOf(usage, model).map((part) => ({ part, ...rowFor(table, part, atMs) }))
  const { row, origin } = sold[0] as (typeof sold)[number]
  if (origin.source === BUILT_IN && shapeOf(usage) !== 'anthropic') throw new Unpriced(REASONS.foreign)
  const searches = countIn(memberOf(usage, 'server_tool_use'), 'web_search_requests')
  const searchUsd = searches > 0 ? (searches * priceIn(row, 'web_search')) / SEARCHES_PER_PRICE : 0
  const usd = sold.reduce((sum, { part, row }) => sum + tokensUsd(part, row), searchUsd)
  return { costUsd: Math.round(usd * STEPS_PER_USD) / STEPS_PER_USD, origin }
}

function partsOf(usage: JsonObject, model: string): readonly Sampling[] {
  const shape = shapeOf(usage)
  if (!shape) throw new Unpriced(REASONS.noCounts)
  if (shape === 'openai') return [{ model, counts: countsOf(usage, shape), mode: usage }]
  const parts = samplingsOf(usage, model)
  if (!parts) throw new Unpriced(REASONS.unknownPart)
  return parts
}

function rowFor(
  table: PriceTable,
  { model, counts }: Sampling,
  atMs: number,
): { readonly row: DatedRow; readonly origin: PriceSource } {
  const found = findModel(table, model)
  if (!found) throw new Unpriced(REASONS.unknownModel)
  const prompt = promptTokens(counts)
  const row = found.rows.find(
    ({ fromMs, untilMs, prompt_over }) =>
      fromMs <= atMs && atMs < untilMs && (prompt_over === undefined || prompt > prompt_over),
  )
  if (!row) throw new Unpriced(REASONS.noRow)
  return { row, origin: found.origin }
}

function tokensUsd({ counts, mode }: Sampling, row: PriceRow): number {
  const sum =
    counts.input * row.input +
    counts.output * row.output +
    paid(counts.cacheWrite5m, row, 'cache_write_5m') +
    paid(counts.cacheWrite1h, row, 'cache_write_1h') +
    paid(counts.cacheRead, row, 'cache_read')
  return (sum / TOKENS_PER_PRICE) * factorOf(mode, row)
}

/** What nobody used needs no price. */
function paid(tokens: number, row: PriceRow, name: keyof PriceRow): number {
  return tokens === 0 ? 0 : tokens * priceIn(row, name)
}

/** They multiply each other (https://platform.claude.com/docs/en/about-claude/pricing); searches stay at their price. */
function factorOf(mode: JsonObject, row: PriceRow): number {
  return MODES.reduce((factor, { field, usual, factors }) => {
    const name = mode[field]
    if (typeof name !== 'string' || name === '' || usual.includes(name)) return factor
    const column = Object.hasOwn(factors, name) ? factors[name] : undefined
    if (!column) throw new Unpriced(`there is no price for this \`${field}\``)
    return factor * priceIn(row, column)
  }, 1)
}

function priceIn(row: PriceRow, column: keyof PriceRow): number {
  const price = row[column]
  if (typeof price !== 'number') throw new Unpriced(`there is no price \`${column}\` for this model`)
  return price
}
