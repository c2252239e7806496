import type { ExchangeRecord } from '../exchange/exchange.ts'
import { retriesOf } from '../exchange/retries.ts'
import { addToTotals, createTotals } from '../exchange/totals.ts'
import type { KeyValue } from './otlp-value.ts'
import { attributesOf, unixNano } from './otlp-value.ts'

/** The bodies of two requests to a collector: one for `/v1/traces`, one for `/v1/logs`. */
export interface OtlpExport {
  readonly traces: object
  readonly logs: object
}

const CLIENT = 3
const STATUS_OK = 1
const STATUS_ERROR = 2
const INFO = { severityNumber: 9, severityText: 'INFO' }
const ERROR = { severityNumber: 17, severityText: 'ERROR' }
const MESSAGES = /\/v1\/messages\/?$/

/**
 * Records as spans and as log records, which refer to each other, in the JSON form of OTLP (https://opentelemetry.io/docs/specs/otlp/),
 * with the names for generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).
 * @param version of claude-gw
 */
export function otlpExport(records: readonly ExchangeRecord[], version: string): OtlpExport {
  const scope = { name: 'claude-gw', version }
  const hosts = [...new Set(records.map(({ host }) => host))]
  const groups = hosts.map((host) => ({
    resource: {
      attributes: attributesOf({
        'service.name': 'claude-gw',
        'service.version': version,
        'host.name': host,
      }),
    },
    records: records.filter((record) => record.host === host),
  }))
  return {
    traces: {
      resourceSpans: groups.map(({ resource, records: own }) => ({
        resource,
        scopeSpans: [{ scope, spans: own.map(spanOf) }],
      })),
    },
    logs: {
      resourceLogs: groups.map(({ resource, records: own }) => ({
        resource,
        scopeLogs: [{ scope, logRecords: own.map(logRecordOf) }],
      })),
    },
  }
}

function spanOf(record: ExchangeRecord) {
  const startMs = Date.parse(record.ts)
  const isOk = record.outcome === 'ok'
  return {
    ...idsOf(record),
    name: nameOf(record),
    kind: CLIENT,
    startTimeUnixNano: unixNano(startMs),
    endTimeUnixNano: unixNano(startMs + record.duration_ms),
    attributes: exchangeAttributes(record),
    events: retryEvents(record, startMs),
    status: isOk
      ? { code: STATUS_OK }
      : { code: STATUS_ERROR, message: record.error?.message ?? record.outcome },
  }
}

function retryEvents(record: ExchangeRecord, startMs: number) {
  let endMs = startMs
  return retriesOf(record).map(({ status, reason, duration_ms }) => {
    endMs += duration_ms
    const attributes = attributesOf({ 'http.response.status_code': status, 'error.type': reason })
    return { timeUnixNano: unixNano(endMs), name: 'claude_gw.retry', attributes }
  })
}

function logRecordOf(record: ExchangeRecord) {
  const endMs = Date.parse(record.ts) + record.duration_ms
  const status = record.client_status ?? record.status ?? record.outcome
  return {
    timeUnixNano: unixNano(endMs),
    observedTimeUnixNano: unixNano(endMs),
    ...(record.outcome === 'ok' ? INFO : ERROR),
    eventName: 'claude_gw.exchange',
    body: { stringValue: `${record.method} ${record.path} ${status}` },
    attributes: exchangeAttributes(record),
    ...idsOf(record),
  }
}

/** A trace for each exchange: a session can last for weeks. Both parts of a UUIDv7 are random enough. */
function idsOf({ id }: ExchangeRecord): { readonly traceId: string; readonly spanId: string } {
  const hex = id.replaceAll('-', '').toLowerCase()
  return { traceId: hex, spanId: hex.slice(16) }
}

function nameOf({ method, path, model }: ExchangeRecord): string {
  return MESSAGES.test(path) ? `chat ${model ?? 'unknown'}` : `${method} ${path}`
}

function exchangeAttributes(record: ExchangeRecord): readonly KeyValue[] {
  const isChat = MESSAGES.test(record.path)
  const upstream = URL.canParse(record.upstream) ? new URL(record.upstream) : undefined
  return [
    ...attributesOf({
      'gen_ai.operation.name': isChat ? 'chat' : undefined,
      'gen_ai.provider.name': isChat ? 'anthropic' : undefined,
      'gen_ai.request.model': record.model,
      'gen_ai.response.model': record.response_model,
      'gen_ai.response.finish_reasons': record.stop_reason === undefined ? undefined : [record.stop_reason],
      'gen_ai.conversation.id': record.session_id,
      'gen_ai.agent.id': record.agent_id,
      'http.request.method': record.method,
      'http.response.status_code': record.client_status ?? record.status,
      'url.path': record.path,
      'server.address': upstream?.hostname,
      'server.port': upstream
        ? Number(upstream.port) || (upstream.protocol === 'https:' ? 443 : 80)
        : undefined,
      'error.type': record.outcome === 'ok' ? undefined : (record.error?.type ?? record.outcome),
      'user.name': record.user,
    }),
    ...usageAttributes(record),
    ...ownAttributes(record),
  ]
}

/** Here the input has all tokens of the prompt, with those of the cache. */
function usageAttributes(record: ExchangeRecord): readonly KeyValue[] {
  if (!record.usage) return []
  const totals = createTotals()
  addToTotals(totals, record)
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = totals
  return attributesOf({
    'gen_ai.usage.input_tokens': input_tokens + cache_read_input_tokens + cache_creation_input_tokens,
    'gen_ai.usage.output_tokens': output_tokens,
    'gen_ai.usage.cache_read.input_tokens': cache_read_input_tokens,
    'gen_ai.usage.cache_creation.input_tokens': cache_creation_input_tokens,
  })
}

function ownAttributes(record: ExchangeRecord): readonly KeyValue[] {
  const tags = Object.entries(record.tags ?? {}).map(([name, value]) => [`claude_gw.tag.${name}`, value])
  const policies = (record.policy ?? []).map(({ rule, action, count }) => `${rule} ${action} ${count}`)
  return attributesOf({
    'claude_gw.id': record.id,
    'claude_gw.run_id': record.run_id,
    'claude_gw.profile': record.profile,
    'claude_gw.outcome': record.outcome,
    'claude_gw.cost_usd': record.cost_usd,
    'claude_gw.time_to_first_token_ms': record.ttft_ms,
    'claude_gw.request_id': record.request_id,
    'claude_gw.upstream_model': record.upstream_model,
    'claude_gw.request_bytes': record.request_bytes,
    'claude_gw.response_bytes': record.response_bytes,
    'claude_gw.policies': policies.length > 0 ? policies : undefined,
    ...Object.fromEntries(tags),
  })
}
