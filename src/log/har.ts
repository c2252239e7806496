import { isUtf8 } from 'node:buffer'
import { STATUS_CODES } from 'node:http'
import type { ExchangeRecord } from '../exchange/exchange.ts'

/** What went over the wire, where it is kept; as JSON or text, decoded. */
export interface KeptBodies {
  readonly request?: Buffer
  readonly response?: Buffer
}

const UNKNOWN_SIZE = -1
const UNKNOWN_MS = -1
const HTTP_VERSION = 'HTTP/1.1'

/** What stands before the entries of an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/). */
export function harStart(version: string): string {
  return `{"log":{"version":"1.2","creator":${JSON.stringify({ name: 'claude-gw', version })},"entries":[`
}

/** What stands behind them. */
export const HAR_END = ']}}\n'

/**
 * An exchange as an entry of an HTTP archive. What that has no place for stands in fields of our own, which begin with `_`.
 * Milliseconds count from the last byte of the request, so sending takes none.
 */
export function harEntry(record: ExchangeRecord, bodies: KeptBodies = {}): object {
  const { id, session_id, profile, model, usage, cost_usd, outcome, error, duration_ms } = record
  return {
    startedDateTime: record.ts,
    time: duration_ms,
    request: harRequest(record, bodies.request),
    response: harResponse(record, bodies.response),
    cache: {},
    timings: harTimings(record),
    _id: id,
    _session_id: session_id,
    _profile: profile,
    _model: model,
    _outcome: outcome,
    _usage: usage,
    _cost_usd: cost_usd,
    _error: error,
  }
}

function harRequest(record: ExchangeRecord, body: Buffer | undefined): object {
  const { method, upstream, path, query, request_headers = {}, request_bytes } = record
  const mimeType = request_headers['content-type'] ?? 'application/json'
  return {
    method,
    url: `${upstream}${path}${query ? `?${query}` : ''}`,
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: harHeaders(request_headers),
    queryString: Array.from(new URLSearchParams(query ?? ''), ([name, value]) => ({ name, value })),
    headersSize: UNKNOWN_SIZE,
    bodySize: request_bytes,
    // The format has no encoding for it.
    ...(body && isUtf8(body) && { postData: { mimeType, text: body.toString() } }),
  }
}

/** Status 0 where nobody answered. */
function harResponse(record: ExchangeRecord, body: Buffer | undefined): object {
  const { status = record.client_status ?? 0, response_headers = {}, response_bytes } = record
  const mimeType = response_headers['content-type'] ?? ''
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: harHeaders(response_headers),
    content: { size: body?.length ?? response_bytes, mimeType, ...(body && harText(body)) },
    redirectURL: '',
    headersSize: UNKNOWN_SIZE,
    bodySize: response_bytes,
  }
}

function harText(body: Buffer): object {
  return isUtf8(body) ? { text: body.toString() } : { text: body.toString('base64'), encoding: 'base64' }
}

function harHeaders(headers: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }))
}

function harTimings({ ttfb_ms, duration_ms }: ExchangeRecord): object {
  const wait = Math.min(ttfb_ms ?? duration_ms, duration_ms)
  const unknown = { blocked: UNKNOWN_MS, dns: UNKNOWN_MS, connect: UNKNOWN_MS, ssl: UNKNOWN_MS }
  return { ...unknown, send: 0, wait, receive: duration_ms - wait }
}
