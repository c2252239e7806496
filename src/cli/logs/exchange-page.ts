import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { calendarDate, clockTime, shortSize } from '../text/quantity.ts'
import { timingFacts } from './timing-bars.ts'

type Facts = readonly (readonly [label: string, value: string | undefined])[]

const LONGEST_LABEL = 26
const COST_DIGITS = 6

/** A record for reading, as `logs show` prints it: its facts in groups, without those that do not apply. */
export function exchangePage(record: ExchangeRecord, palette: Palette): string {
  const groups: readonly (readonly [title: string, facts: Facts])[] = [
    ['Request', requestFacts(record)],
    ['Answer', answerFacts(record)],
    ['Timings', timingFacts(record)],
    ['Tokens', tokenFacts(record)],
    ['Cost', costFacts(record)],
    ['Error', errorFacts(record)],
    ['Policies', policyFacts(record)],
    ['Rate limits', Object.entries(record.ratelimit ?? {})],
    ['Request headers', Object.entries(record.request_headers ?? {})],
    ['Response headers', Object.entries(record.response_headers ?? {})],
  ]
  const known = groups.map(
    ([title, facts]) => [title, facts.filter(([, value]) => value !== undefined)] as const,
  )
  const labels = known.flatMap(([, facts]) => facts.map(([label]) => label.length))
  const width = Math.min(LONGEST_LABEL, Math.max(...labels))
  const sections = known.filter(([, facts]) => facts.length > 0)
  const texts = sections.map(([title, facts]) => sectionText(title, facts, width, palette))
  return [palette.bold(escapeControls(record.id)), ...texts].join('\n\n')
}

function sectionText(title: string, facts: Facts, width: number, palette: Palette): string {
  const lines = facts.map(([label, value]) => {
    const name = escapeControls(label).padEnd(width)
    return `  ${palette.dim(name)}  ${escapeControls(String(value))}`
  })
  return [palette.bold(title), ...lines].join('\n')
}

function requestFacts(record: ExchangeRecord): Facts {
  const { query, tags = {} } = record
  return [
    ['started', localTime(record.ts)],
    ['call', `${record.method} ${record.path}${query ? `?${query.replace(/^\?/, '')}` : ''}`],
    ['model', record.model === null ? unknown(record.model_reason) : record.model],
    ['sent as', record.upstream_model],
    ['stream', yesOrNo(record.stream)],
    ['size', shortSize(record.request_bytes)],
    ['session', record.session_id],
    ['agent', record.agent_id],
    ['parent agent', record.parent_agent_id],
    ['run', record.run_id],
    ['profile', record.profile],
    ['upstream', record.upstream],
    ['credential', record.credential && credentialText(record.credential)],
    ['user', record.user],
    ['host', record.host],
    ...Object.entries(tags),
    ['masked values', record.redacted?.toString()],
  ]
}

function answerFacts(record: ExchangeRecord): Facts {
  return [
    ['outcome', record.outcome],
    ['status', record.status?.toString()],
    ['our status', record.client_status?.toString()],
    ['answered by', record.answered_by],
    ['model', record.response_model === record.model ? undefined : record.response_model],
    ['stop reason', record.stop_reason],
    ['size', shortSize(record.response_bytes)],
    ['request id', record.request_id],
    ['retry after', record.retry_after],
  ]
}

function errorFacts({ error }: ExchangeRecord): Facts {
  return [
    ['type', error?.type],
    ['message', error?.message],
  ]
}

/** One fact for each rule, also where the request and the answer have one. */
function policyFacts({ policy = [] }: ExchangeRecord): Facts {
  return policy.map(({ rule, action, count }) => [rule, count === 1 ? action : `${action}, ${count} times`])
}

function costFacts({ cost_usd, cost_usd_reason, price }: ExchangeRecord): Facts {
  if (cost_usd === undefined) return []
  return [
    ['cost', cost_usd === null ? unknown(cost_usd_reason) : `$${cost_usd.toFixed(COST_DIGITS)}`],
    ['price table', price && `${price.table}, ${price.source}`],
  ]
}

/** Every counter under its own name in the API, nested ones included. */
function tokenFacts({ usage, usage_reason }: ExchangeRecord): Facts {
  if (usage === undefined) return []
  return usage === null ? [['usage', unknown(usage_reason)]] : counters(usage)
}

function counters(usage: object, prefix = ''): Facts {
  return Object.entries(usage).flatMap(([name, value]) => {
    if (value === null || value === undefined) return []
    if (typeof value === 'object') return counters(value, `${prefix}${name}.`)
    return [[prefix + name, typeof value === 'number' ? value.toLocaleString('en') : String(value)] as const]
  })
}

function localTime(ts: string): string {
  const start = new Date(ts)
  const milliseconds = String(start.getMilliseconds()).padStart(3, '0')
  return `${calendarDate(start)} ${clockTime(start)}.${milliseconds}`
}

function credentialText({ source, refreshed }: NonNullable<ExchangeRecord['credential']>): string {
  return refreshed ? `${source}, refreshed` : source
}

function yesOrNo(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no'
}

function unknown(reason: string | undefined): string {
  return reason === undefined ? '?' : `? (${reason})`
}
