import type { ExchangeRecord } from './exchange.ts'

/** What readers rely on: a line in which one of these has another type is not a record. */
const REQUIRED = {
  ts: 'string',
  id: 'string',
  run_id: 'string',
  profile: 'string',
  upstream: 'string',
  method: 'string',
  path: 'string',
  answered_by: 'string',
  outcome: 'string',
  request_bytes: 'number',
  response_bytes: 'number',
  duration_ms: 'number',
} as const satisfies Partial<Record<keyof ExchangeRecord, string>>

const OPTIONAL = {
  session_id: 'string',
  agent_id: 'string',
  parent_agent_id: 'string',
  model: 'string',
  response_model: 'string',
  status: 'number',
  client_status: 'number',
  ttfb_ms: 'number',
  ttft_ms: 'number',
  usage: 'object',
  stop_reason: 'string',
  error: 'object',
} as const satisfies Partial<Record<keyof ExchangeRecord, string>>

/** One line of JSON Lines (https://jsonlines.org), newline included. */
export function toLine(record: ExchangeRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** The record in a line, or undefined where it is torn, foreign, or of another schema version. */
export function parseLine(line: string): ExchangeRecord | undefined {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Record<string, unknown>
  if (fields['v'] !== 1 || Number.isNaN(Date.parse(String(fields['ts'])))) return undefined
  for (const [name, type] of Object.entries(REQUIRED)) {
    if (typeof fields[name] !== type) return undefined
  }
  for (const [name, type] of Object.entries(OPTIONAL)) {
    const field = fields[name]
    if (field !== undefined && field !== null && typeof field !== type) return undefined
  }
  return value as ExchangeRecord
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
