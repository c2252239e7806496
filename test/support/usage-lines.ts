import fc from 'fast-check'
import { COUNTERS } from '../../src/usage/counters.ts'
import { DIMENSION_PATHS, DIMENSIONS } from '../../src/usage/dimensions.ts'

type Fields = Readonly<Record<string, unknown>>

const tokens = fc.oneof(fc.nat(200_000), fc.constantFrom(0, null, undefined))
const durations = fc.oneof(
  fc.integer({ min: 0, max: 9_000_000 }).map((tenths) => tenths / 10),
  fc.constant(undefined),
)
const names = fc.oneof(
  fc.constantFrom('a', 'b', 'claude-opus-5-5', 'ünï', '=1', '"quoted" \\ text'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const optional = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: value }, fc.constant(undefined))

const usages = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      input_tokens: tokens,
      output_tokens: tokens,
      cache_read_input_tokens: tokens,
      cache_creation_input_tokens: tokens,
      service_tier: fc.constantFrom('standard', undefined),
    }),
  },
  fc.record({
    prompt_tokens: tokens,
    completion_tokens: tokens,
    prompt_tokens_details: optional(fc.record({ cached_tokens: tokens })),
  }),
  fc.record({
    input_tokens: tokens,
    output_tokens: tokens,
    prompt_tokens: tokens,
    completion_tokens: tokens,
  }),
  fc.constantFrom(null, undefined),
)

/** Lines of the ledger or of the traffic log as objects, with names from anywhere. */
export const usageFields: fc.Arbitrary<Fields> = fc.record({
  v: fc.constant(1),
  ts: fc
    .date({
      min: new Date('2026-10-20T00:00:00Z'),
      max: new Date('2026-11-10T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  session_id: optional(names),
  agent_id: optional(names),
  profile: names,
  user: optional(names),
  tags: optional(
    fc.record({ project: optional(names), cost_center: optional(names), team: optional(names) }),
  ),
  model: fc.oneof(names, fc.constantFrom(null, undefined)),
  response_model: optional(names),
  status: fc.constantFrom(200, 429, undefined),
  outcome: fc.constantFrom('ok', 'http_error', 'truncated'),
  answered_by: fc.constantFrom('upstream', 'claude-gw', undefined),
  attempts: fc.oneof(
    fc.array(fc.record({ duration_ms: fc.nat(9) }), { maxLength: 3 }),
    fc.constant(undefined),
  ),
  retries: fc.constantFrom(undefined, 1, 2),
  usage: usages,
  cost_usd: fc.oneof(
    fc.integer({ min: 0, max: 5e9 }).map((nano) => nano / 1e9),
    fc.constantFrom(null, undefined),
  ),
  ttft_ms: durations,
  duration_ms: durations,
  ms_per_token: durations,
  credential: optional(fc.record({ source: names })),
  request_headers: optional(fc.dictionary(names, names, { maxKeys: 2 })),
})

/** Fields in any order, as a line. */
export const usageLines = fc.tuple(usageFields, fc.infiniteStream(fc.nat())).map(([fields, order]) => {
  const keyed = Object.entries(fields).map((entry) => ({ entry, key: order.next().value ?? 0 }))
  return JSON.stringify(Object.fromEntries(keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry)))
})

const ANTHROPIC_COUNTERS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]

/** What a line adds to each counter, and its dimensions: the same as the program says, by way of JSON.parse. */
export function expectedOf(line: string): {
  counters: Record<string, number>
  dimensions: (string | null)[]
} {
  const fields = JSON.parse(line)
  const { usage, cost_usd, ttft_ms, duration_ms = 0, ms_per_token, attempts, retries = 0 } = fields
  const isAnthropic = ANTHROPIC_COUNTERS.some((name) => usage?.[name] != null)
  const prompt = isAnthropic ? 0 : (usage?.prompt_tokens ?? 0)
  const cached = Math.min(prompt, usage?.prompt_tokens_details?.cached_tokens ?? 0)
  const output = (isAnthropic ? usage.output_tokens : usage?.completion_tokens) ?? 0
  const hasCost = usage !== undefined || cost_usd !== undefined
  const isTimed = ms_per_token !== undefined && output > 0
  const isStreamed = isTimed && ttft_ms !== undefined && ttft_ms < duration_ms
  const counters = {
    requests: 1,
    errors: fields.outcome === 'ok' ? 0 : 1,
    retries: attempts ? Math.max(0, attempts.length - (fields.answered_by === 'upstream' ? 0 : 1)) : retries,
    input: (usage?.input_tokens ?? 0) + prompt - cached,
    output,
    cacheRead: (usage?.cache_read_input_tokens ?? 0) + cached,
    cacheWrite: usage?.cache_creation_input_tokens ?? 0,
    unknownUsage: usage === null ? 1 : 0,
    costNanoUsd: Math.round((cost_usd ?? 0) * 1e9),
    knownCost: typeof cost_usd === 'number' ? 1 : 0,
    unknownCost: hasCost && typeof cost_usd !== 'number' ? 1 : 0,
    timedOutput: isTimed ? output : 0,
    timedUs: isTimed ? Math.round(duration_ms * 1000) : 0,
    streamedOutput: isStreamed ? output : 0,
    streamedUs: isStreamed ? Math.round((duration_ms - ttft_ms) * 1000) : 0,
  }
  const dimensions = DIMENSIONS.map((name) => {
    const value = DIMENSION_PATHS[name].split('.').reduce((part, key) => part?.[key], fields)
    return value == null ? null : String(value)
  })
  return { counters: Object.fromEntries(COUNTERS.map((name) => [name, counters[name]])), dimensions }
}
