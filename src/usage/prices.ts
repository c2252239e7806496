/**
 * What a model costs between two dates: USD per million tokens, except where it says otherwise. A price that a row
 * lacks is not known. The names are those of a price file, so that both are the same.
 */
export interface PriceRow {
  /** As the API has it, without the date of its snapshot. */
  readonly model: string
  /** UTC dates, YYYY-MM-DD: the first day, and the day after the last. */
  readonly from?: string
  readonly until?: string
  /** Only for prompts of more tokens than this; cache reads and writes count. */
  readonly prompt_over?: number
  readonly input: number
  readonly output: number
  readonly cache_write_5m?: number
  readonly cache_write_1h?: number
  readonly cache_read?: number
  /** Factors on the price of every token: fast mode, inference in the US only, a batch. */
  readonly fast?: number
  readonly inference_geo_us?: number
  readonly batch?: number
  /** USD per thousand searches. */
  readonly web_search?: number
}

export interface PriceList {
  /** When it was last compared with its sources, YYYY-MM-DD. */
  readonly date: string
  readonly rows: readonly PriceRow[]
}

type Conditions = Omit<PriceRow, 'model' | keyof ReturnType<typeof tokens>>

const EARLY = { batch: 0.5, web_search: 10 }
/** The API takes `inference_geo` for no model before these. */
const SINCE_4_6 = { ...EARLY, inference_geo_us: 1.1 }

/**
 * The list prices of Anthropic. Sources: https://platform.claude.com/docs/en/about-claude/pricing as of 2026-08-22, the
 * pages of later models, and for what neither says (Fable 5.2, fast mode of Opus 4.6, 4.7 and 5.5) the table within Claude
 * Code 2.1.329. Cache reads are no fixed part of the input price.
 */
export const LIST_PRICES: PriceList = {
  date: '2026-11-28',
  rows: [
    ...rows('claude-fable-5-2 claude-mythos-5-2', tokens(8, 40, 10, 16, 0.2), { ...SINCE_4_6, fast: 2 }),
    ...rows('claude-fable-5-1 claude-mythos-5-1', tokens(10, 50, 12.5, 20, 0.25), SINCE_4_6),
    ...rows('claude-fable-5 claude-mythos-5', tokens(10, 50, 12.5, 20, 1), SINCE_4_6),
    ...rows('claude-opus-5-5', tokens(4, 20, 5, 8, 0.2), { ...SINCE_4_6, fast: 2 }),
    ...rows('claude-opus-5 claude-opus-4-8', tokens(5, 25, 6.25, 10, 0.5), { ...SINCE_4_6, fast: 2 }),
    ...rows('claude-opus-4-7 claude-opus-4-6', tokens(5, 25, 6.25, 10, 0.5), { ...SINCE_4_6, fast: 6 }),
    ...rows('claude-opus-4-5', tokens(5, 25, 6.25, 10, 0.5), EARLY),
    ...rows('claude-opus-4-1 claude-opus-4-0 claude-opus-4', tokens(15, 75, 18.75, 30, 1.5), EARLY),
    ...rows('claude-sonnet-5-5', tokens(2, 10, 2.5, 4, 0.2), { ...SINCE_4_6, until: '2026-10-07' }),
    ...rows('claude-sonnet-5-5', tokens(2, 10, 2.5, 4, 0.1), { ...SINCE_4_6, from: '2026-10-07' }),
    ...rows('claude-sonnet-5', tokens(2, 10, 2.5, 4, 0.2), SINCE_4_6),
    ...rows('claude-sonnet-4-6', tokens(3, 15, 3.75, 6, 0.3), SINCE_4_6),
    ...rows('claude-sonnet-4-5 claude-sonnet-4-0 claude-sonnet-4', tokens(3, 15, 3.75, 6, 0.3), EARLY),
    ...rows('claude-3-7-sonnet claude-3-5-sonnet', tokens(3, 15, 3.75, 6, 0.3), EARLY),
    ...rows('claude-haiku-5-5', tokens(0.1, 0.5, 0.125, 0.2, 0.01), SINCE_4_6),
    ...rows('claude-haiku-5-5', tokens(0.5, 2.5, 0.625, 1, 0.05), { ...SINCE_4_6, prompt_over: 100_000 }),
    ...rows('claude-haiku-4-5', tokens(1, 5, 1.25, 2, 0.1), EARLY),
    ...rows('claude-haiku-3-5 claude-3-5-haiku', tokens(0.8, 4, 1, 1.6, 0.08), EARLY),
  ],
}

function rows(
  models: string,
  prices: ReturnType<typeof tokens>,
  conditions: Conditions,
): readonly PriceRow[] {
  return models.split(' ').map((model) => ({ model, ...prices, ...conditions }))
}

/** In the order of the columns of the official table, output moved to the second place. */
function tokens(
  input: number,
  output: number,
  cache_write_5m: number,
  cache_write_1h: number,
  cache_read: number,
) {
  return { input, output, cache_write_5m, cache_write_1h, cache_read }
}
