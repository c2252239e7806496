import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ExchangeRecord } from '../exchange/exchange.ts'
import { retriesOf } from '../exchange/retries.ts'
import { addToTotals, createTotals } from '../exchange/totals.ts'
import { LabelValues, methodOf, routeOf } from './labels.ts'

export interface MetricsOptions {
  readonly profile: string
  readonly version: string
  /** How many exchanges are under way. */
  readonly openCount: () => number
}

/** What a gateway did since it was started, for Prometheus. */
export interface Metrics {
  observe(record: ExchangeRecord): void
  /** In the text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  expose(): Promise<string>
  readonly contentType: string
}

/** From a tenth of a second to the ten minutes that Claude Code waits. */
const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600]
const FIRST_TOKEN_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120]
const MOST_MODELS = 50
const MOST_RULES = 100
const TOKENS = [
  ['input', 'input_tokens'],
  ['output', 'output_tokens'],
  ['cache_read', 'cache_read_input_tokens'],
  ['cache_write', 'cache_creation_input_tokens'],
] as const

export function createMetrics({ profile, version, openCount }: MetricsOptions): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ profile })
  const own = createInstruments(registry)
  new Gauge({
    name: 'claude_active_connections',
    help: 'Requests under way.',
    registers: [registry],
    collect() {
      this.set(openCount())
    },
  })
  own.build.set({ version }, 1)
  const models = new LabelValues(MOST_MODELS)
  const rules = new LabelValues(MOST_RULES)
  return {
    observe: (record) => {
      // What an upstream counts can be anything.
      if (!isCountable(record)) return
      const model = models.of(record.response_model ?? record.model ?? 'unknown')
      observeRequest(own, record, model)
      observeUsage(own, record, model)
      for (const { rule, action, count } of record.policy ?? [])
        own.policies.inc({ rule: rules.of(rule), action }, count)
    },
    expose: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function isCountable({ usage, duration_ms, ttft_ms = 0 }: ExchangeRecord): boolean {
  return [duration_ms, ttft_ms, ...Object.values(usage ?? {})].every(
    (value) => typeof value !== 'number' || (Number.isFinite(value) && value >= 0),
  )
}

type Instruments = ReturnType<typeof createInstruments>

function createInstruments(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: ['route', 'model'], registers: [registry] })
  return {
    requests: counter('claude_requests_total', 'Requests.', 'status', 'method', 'route', 'model'),
    outcomes: counter('claude_outcomes_total', 'How requests ended.', 'outcome', 'model'),
    durations: histogram(
      'claude_request_duration_seconds',
      'From the request to the end of its answer.',
      DURATION_BUCKETS,
    ),
    firstTokens: histogram(
      'claude_time_to_first_token_seconds',
      'From the request to the first token of its answer.',
      FIRST_TOKEN_BUCKETS,
    ),
    tokens: counter('claude_tokens_total', 'Tokens as the API counted them.', 'kind', 'model'),
    cost: counter('claude_cost_usd_total', 'Cost at list prices, in USD.', 'model'),
    unknownCosts: counter('claude_unknown_cost_total', 'Answers whose cost is unknown.', 'model'),
    retries: counter('claude_retries_total', 'Attempts that another one followed.', 'model'),
    policies: counter('claude_policy_decisions_total', 'What policies found or did.', 'rule', 'action'),
    build: new Gauge({
      name: 'claude_gw_build_info',
      help: 'Which claude-gw this is.',
      labelNames: ['version'],
      registers: [registry],
    }),
  }
}

function observeRequest(own: Instruments, record: ExchangeRecord, model: string): void {
  const route = routeOf(record.path)
  const status = String(record.client_status ?? record.status ?? 'none')
  own.requests.inc({ status, method: methodOf(record.method), route, model })
  own.outcomes.inc({ outcome: record.outcome, model })
  own.durations.observe({ route, model }, record.duration_ms / 1000)
  if (record.ttft_ms !== undefined) own.firstTokens.observe({ route, model }, record.ttft_ms / 1000)
  const retries = retriesOf(record).length
  if (retries > 0) own.retries.inc({ model }, retries)
}

function observeUsage(own: Instruments, record: ExchangeRecord, model: string): void {
  const totals = createTotals()
  addToTotals(totals, record)
  for (const [kind, name] of TOKENS) if (totals[name] > 0) own.tokens.inc({ kind, model }, totals[name])
  if (totals.cost_usd > 0) own.cost.inc({ model }, totals.cost_usd)
  if (totals.unknown_costs > 0) own.unknownCosts.inc({ model })
}
