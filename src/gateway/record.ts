import type { AttemptRecord, ExchangeRecord, Outcome } from '../exchange/exchange.ts'
import type { Finder } from '../exchange/needles.ts'
import { uuidv7 } from '../exchange/uuid.ts'
import type { PriceTable } from '../usage/price-table.ts'
import { costOf } from './cost.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { RecordText } from './record-text.ts'
import { shownTarget } from './shown-target.ts'

/** What is the same for all records of one gateway. */
export interface RecordSettings {
  readonly identity: Identity
  readonly prices: PriceTable
  /** What is masked in the words of an error. */
  readonly patterns?: readonly Finder[]
}

/** What stands in all records of one gateway. */
export interface Identity {
  readonly runId: string
  readonly profile: string
  readonly upstream: string
  readonly user?: string | undefined
  readonly host?: string
  readonly tags: Readonly<Record<string, string>>
}

const REQUEST_HEADERS = new Set([
  'accept-encoding',
  'anthropic-beta',
  'anthropic-version',
  'content-encoding',
  'content-type',
  'user-agent',
  'x-app',
  'x-stainless-retry-count',
  'x-stainless-timeout',
])

const RESPONSE_HEADERS = new Set([
  'anthropic-organization-id',
  'anthropic-workspace-id',
  'cf-ray',
  'content-encoding',
  'content-type',
  'server',
  'via',
  'x-amzn-requestid',
  'x-should-retry',
])

const RATELIMIT = 'anthropic-ratelimit-'

/**
 * The record of a finished exchange. What looks like a secret is masked in it, and known ones only where they would not
 * be found afterwards.
 * @param secrets the known ones
 * @param unrecorded how many refusals before this one have no record
 */
export function buildRecord(
  { identity, prices, patterns }: RecordSettings,
  facts: ExchangeFacts,
  secrets: readonly string[],
  unrecorded = 0,
): ExchangeRecord {
  const { answer, refusal, summary } = facts
  const text = new RecordText(secrets, patterns)
  const { path, query } = shownTarget(facts.target, (part) => text.masked(part))
  const received = lowerCased(facts.rawHeaders)
  const sentBack = answer ? lowerCased(answer.rawHeaders) : new Map<string, string>()
  return {
    v: 1,
    ts: facts.startedAt.toISOString(),
    id: uuidv7(facts.startedAt.getTime()),
    run_id: identity.runId,
    ...optional('session_id', received.get('x-claude-code-session-id')),
    ...optional('agent_id', received.get('x-claude-code-agent-id')),
    ...optional('parent_agent_id', received.get('x-claude-code-parent-agent-id')),
    profile: identity.profile,
    upstream: identity.upstream,
    ...optional('user', identity.user),
    ...optional('host', identity.host),
    ...(Object.keys(identity.tags).length > 0 && { tags: identity.tags }),
    method: facts.method,
    path: text.brief(path),
    ...optional('query', query && text.brief(query)),
    ...asked(facts, text),
    ...optional('response_model', summary?.responseModel && text.brief(summary.responseModel)),
    ...optional('status', answer?.statusCode),
    answered_by: refusal ? 'claude-gw' : 'upstream',
    ...optional('client_status', refusal?.status),
    outcome: outcomeOf(facts),
    ...(facts.attempts.length > 0 && { attempts: shownAttempts(facts, text) }),
    ...policyOf(facts),
    request_bytes: facts.body.bytes,
    response_bytes: facts.responseBytes,
    ...timings(facts),
    ...usage(facts),
    ...costOf(facts, prices),
    ...optional('stop_reason', summary?.stopReason),
    ...optional('request_id', sentBack.get('request-id')),
    ...optional('retry_after', sentBack.get('retry-after')),
    ...ratelimit(sentBack),
    ...errorOf(facts, text, unrecorded),
    ...credentialOf(facts),
    ...optional('request_headers', allowed(received, REQUEST_HEADERS)),
    ...optional('response_headers', allowed(sentBack, RESPONSE_HEADERS)),
    ...facts.bodies,
  }
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V })
}

function asked(
  { body }: ExchangeFacts,
  text: RecordText,
): Pick<ExchangeRecord, 'model' | 'upstream_model' | 'stream'> {
  const { model, stream } = body.asked()
  return {
    ...optional('model', model && text.brief(model)),
    ...optional('upstream_model', body.sentModel && text.brief(body.sentModel)),
    ...optional('stream', stream),
  }
}

function policyOf({ verdict }: ExchangeFacts): Pick<ExchangeRecord, 'policy'> {
  // Those about the answer come last.
  const decisions = [...(verdict?.decisions ?? []), ...(verdict?.answer?.decisions?.() ?? [])]
  return decisions.length > 0 ? { policy: decisions } : {}
}

function lowerCased(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (let i = 0; i < raw.length; i += 2) headers.set((raw[i] as string).toLowerCase(), raw[i + 1] as string)
  return headers
}

function allowed(
  headers: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): Record<string, string> | undefined {
  const kept = [...headers].filter(([name]) => names.has(name))
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

function ratelimit(headers: ReadonlyMap<string, string>): Pick<ExchangeRecord, 'ratelimit'> {
  const limits = [...headers].filter(([name]) => name.startsWith(RATELIMIT))
  if (limits.length === 0) return {}
  return {
    ratelimit: Object.fromEntries(limits.map(([name, value]) => [name.slice(RATELIMIT.length), value])),
  }
}

/** An answer that came whole over HTTP can still have failed inside: an error event, or no closing event. */
export function outcomeOf({ outcome, answer, summary }: ExchangeFacts): Outcome {
  if (outcome !== 'ok') return outcome
  if ((answer?.statusCode ?? 0) >= 400) return 'http_error'
  if (summary?.isStream && summary.error) return 'upstream_error'
  return summary?.isComplete === false ? 'truncated' : 'ok'
}

function timings(
  facts: ExchangeFacts,
): Pick<ExchangeRecord, 'ttfb_ms' | 'ttft_ms' | 'duration_ms' | 'ms_per_token'> {
  const sentMs = facts.body.endedAtMs ?? facts.startedMs
  const since = (atMs: number) => Math.max(0, Math.round((atMs - sentMs) * 10) / 10)
  const durationMs = since(performance.now())
  const { usage, isComplete } = facts.summary ?? {}
  // The count of a stream that broke off is preliminary.
  const outputTokens = isComplete === false ? undefined : usage?.['output_tokens']
  return {
    ...(facts.answeredMs !== undefined && { ttfb_ms: since(facts.answeredMs) }),
    ...(facts.summary?.firstTokenAtMs !== undefined && { ttft_ms: since(facts.summary.firstTokenAtMs) }),
    duration_ms: durationMs,
    ...(typeof outputTokens === 'number' &&
      outputTokens > 0 && { ms_per_token: Math.round((durationMs / outputTokens) * 10) / 10 }),
  }
}

function usage({ summary }: ExchangeFacts): Pick<ExchangeRecord, 'usage' | 'usage_reason'> {
  if (summary?.usage === undefined) return {}
  return { usage: summary.usage, ...optional('usage_reason', summary.usageReason) }
}

function credentialOf({ supplies }: ExchangeFacts): Pick<ExchangeRecord, 'credential'> {
  const credential = supplies.at(-1)?.credential
  if (!credential) return {}
  const isRefreshed = supplies[0]?.credential?.value !== credential.value
  return { credential: { source: credential.source, ...(isRefreshed && { refreshed: true }) } }
}

function errorOf(
  { refusal, summary }: ExchangeFacts,
  text: RecordText,
  unrecorded: number,
): Pick<ExchangeRecord, 'error'> {
  const { type, message } = refusal ?? summary?.error ?? {}
  if (type === undefined || message === undefined) return {}
  const before = unrecorded > 0 ? ` (and ${unrecorded} times before this, without a record)` : ''
  return { error: { type, message: text.said(message) + before } }
}

function shownAttempts({ attempts }: ExchangeFacts, text: RecordText): readonly AttemptRecord[] {
  return attempts.map(({ reason, ...rest }) => ({
    ...rest,
    ...optional('reason', reason && text.masked(reason)),
  }))
}
