import type { ExchangeRecord, Outcome } from '../exchange/exchange.ts'

/** Which records are meant; every part that is given must hold. */
export interface Query {
  /** Began then or later, Unix milliseconds. */
  readonly sinceMs?: number | undefined
  /** How the session's id begins. */
  readonly session?: string | undefined
  /** A part of the model asked for, or of the one that answered; with `*`, all of it. Any letter case. */
  readonly model?: string | undefined
  readonly status?: StatusFilter | undefined
  readonly isError?: boolean | undefined
  /** How the record's id begins or ends. */
  readonly id?: string | undefined
}

/** `429`, `4` for all of 4xx, or an outcome. */
export type StatusFilter =
  | { readonly code: number }
  | { readonly hundreds: number }
  | { readonly outcome: Outcome }

/** Whether a record is meant. */
export function compileQuery(query: Query): (record: ExchangeRecord) => boolean {
  const { sinceMs, session, status, isError, id } = query
  const model = query.model === undefined ? undefined : modelPattern(query.model)
  return (record) =>
    (sinceMs === undefined || Date.parse(record.ts) >= sinceMs) &&
    (session === undefined || record.session_id?.startsWith(session) === true) &&
    (model === undefined || model.test(record.model ?? '') || model.test(record.response_model ?? '')) &&
    (status === undefined || hasStatus(record, status)) &&
    (!isError || record.outcome !== 'ok') &&
    (id === undefined || record.id.startsWith(id) || record.id.endsWith(id))
}

/**
 * Bytes that the line of every record that is meant contains. Far cheaper to look for than parsing is, and
 * more lines may contain them than are meant. They rely on our own lines having no space after a colon.
 */
export function needlesOf(query: Query): readonly Buffer[] {
  const needles: string[] = []
  if (query.id !== undefined) needles.push(escaped(query.id))
  if (query.session !== undefined) needles.push(`"session_id":"${escaped(query.session)}`)
  if (query.status) needles.push(statusNeedle(query.status))
  return needles.map((needle) => Buffer.from(needle))
}

function modelPattern(model: string): RegExp {
  const source = model.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(model.includes('*') ? `^${source}$` : source, 'is')
}

function hasStatus(record: ExchangeRecord, filter: StatusFilter): boolean {
  if ('outcome' in filter) return record.outcome === filter.outcome
  const seen = [record.status, record.client_status]
  if ('code' in filter) return seen.includes(filter.code)
  return seen.some((status) => status !== undefined && Math.floor(status / 100) === filter.hundreds)
}

function statusNeedle(filter: StatusFilter): string {
  if ('outcome' in filter) return `"outcome":"${filter.outcome}"`
  return `status":${'code' in filter ? filter.code : filter.hundreds}`
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
