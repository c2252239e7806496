import { COUNTER, COUNTER_COUNT } from './counters.ts'
import { Sketch } from './sketch.ts'

/** Sums over exchanges, and how their times to the first token lie. */
export interface Sums {
  readonly counters: Float64Array
  readonly ttftMs: Sketch
}

/** What sums tell; null where it does not apply, or nothing is known of it. */
export interface Figures {
  readonly requests: number
  readonly errors: number
  readonly retries: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation_input_tokens: number
  /** What part of all prompts was read from the cache. */
  readonly cache_hit_rate: number | null
  /** Of those exchanges whose cost is known; null where it is of none, though they cost something. */
  readonly cost_usd: number | null
  readonly unknown_costs: number
  readonly unknown_usages: number
  readonly ttft_p50_ms: number | null
  readonly ttft_p95_ms: number | null
  /** Of whole answers, from the end of the request to the end of the answer. */
  readonly ms_per_token: number | null
  /** Of whole streamed answers, from the first token on. */
  readonly output_tokens_per_second: number | null
}

const NANO = 1e9
const US_PER_MS = 1000
const US_PER_SECOND = 1e6

export function createSums(): Sums {
  return { counters: new Float64Array(COUNTER_COUNT), ttftMs: new Sketch() }
}

export function figuresOf({ counters, ttftMs }: Sums): Figures {
  const count = (index: number) => counters[index] as number
  const read = count(COUNTER.cacheRead)
  const prompt = count(COUNTER.input) + read + count(COUNTER.cacheWrite)
  const isUnknown = count(COUNTER.knownCost) === 0 && count(COUNTER.unknownCost) > 0
  return {
    requests: count(COUNTER.requests),
    errors: count(COUNTER.errors),
    retries: count(COUNTER.retries),
    input_tokens: count(COUNTER.input),
    output_tokens: count(COUNTER.output),
    cache_read_input_tokens: read,
    cache_creation_input_tokens: count(COUNTER.cacheWrite),
    cache_hit_rate: quotient(read, prompt),
    cost_usd: isUnknown ? null : count(COUNTER.costNanoUsd) / NANO,
    unknown_costs: count(COUNTER.unknownCost),
    unknown_usages: count(COUNTER.unknownUsage),
    ttft_p50_ms: ttftMs.quantile(0.5) ?? null,
    ttft_p95_ms: ttftMs.quantile(0.95) ?? null,
    ms_per_token: quotient(count(COUNTER.timedUs) / US_PER_MS, count(COUNTER.timedOutput)),
    output_tokens_per_second: quotient(
      count(COUNTER.streamedOutput),
      count(COUNTER.streamedUs) / US_PER_SECOND,
    ),
  }
}

function quotient(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}
