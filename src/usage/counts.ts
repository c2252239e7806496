import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'

/** What is paid for in one sampling of a model. */
export interface Counts {
  readonly input: number
  readonly output: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly cacheRead: number
}

/** The names under which a usage counts tokens. */
export type UsageShape = 'anthropic' | 'openai'

const COUNTERS: Readonly<Record<UsageShape, readonly string[]>> = {
  anthropic: ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'],
  openai: ['prompt_tokens', 'completion_tokens'],
}

/** Undefined where there are no counts of tokens in it. The ledger leaves out what is zero. */
export function shapeOf(usage: JsonObject): UsageShape | undefined {
  return (['anthropic', 'openai'] as const).find((shape) => {
    const counts = COUNTERS[shape].map((name) => usage[name] ?? undefined).filter((one) => one !== undefined)
    return counts.length > 0 && counts.every(isCount)
  })
}

export function countsOf(usage: JsonObject, shape: UsageShape): Counts {
  return shape === 'anthropic' ? anthropicCounts(usage) : openaiCounts(usage)
}

/** All tokens that the model was sent, those in the cache too. */
export function promptTokens({ input, cacheWrite5m, cacheWrite1h, cacheRead }: Counts): number {
  return input + cacheWrite5m + cacheWrite1h + cacheRead
}

/** Writes that nobody says the lifetime of have the shorter one, which is the API's own default. */
function anthropicCounts(usage: JsonObject): Counts {
  const split = memberOf(usage, 'cache_creation')
  const cacheWrite1h = countIn(split, 'ephemeral_1h_input_tokens')
  const told5m = countIn(split, 'ephemeral_5m_input_tokens')
  const writes = countIn(usage, 'cache_creation_input_tokens')
  return {
    input: countIn(usage, 'input_tokens'),
    output: countIn(usage, 'output_tokens'),
    cacheWrite5m: Math.max(told5m, writes - cacheWrite1h),
    cacheWrite1h,
    cacheRead: countIn(usage, 'cache_read_input_tokens'),
  }
}

/** Here the prompt's count includes what was read from the cache. */
function openaiCounts(usage: JsonObject): Counts {
  const prompt = countIn(usage, 'prompt_tokens')
  const cacheRead = Math.min(prompt, countIn(memberOf(usage, 'prompt_tokens_details'), 'cached_tokens'))
  return {
    input: prompt - cacheRead,
    output: countIn(usage, 'completion_tokens'),
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead,
  }
}

/** An object within a usage; empty if there is none. */
export function memberOf(usage: JsonObject, name: string): JsonObject {
  const member = usage[name]
  return isJsonObject(member) ? member : {}
}

/** 0 where there is no such count. */
export function countIn(usage: JsonObject, name: string): number {
  const count = usage[name]
  return isCount(count) ? count : 0
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}
