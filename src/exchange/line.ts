import type { ExchangeRecord } from './exchange.ts'

type FieldType = 'string' | 'number' | 'object'

const REQUIRED: readonly (readonly [keyof ExchangeRecord, FieldType])[] = [
  ['ts', 'string'],
  ['id', 'string'],
  ['run_id', 'string'],
  ['profile', 'string'],
  ['upstream', 'string'],
  ['method', 'string'],
  ['path', 'string'],
  ['answered_by', 'string'],
  ['outcome', 'string'],
  ['request_bytes', 'number'],
  ['response_bytes', 'number'],
  ['duration_ms', 'number'],
]

const OPTIONAL: readonly (readonly [keyof ExchangeRecord, FieldType])[] = [
  ['session_id', 'string'],
  ['agent_id', 'string'],
  ['parent_agent_id', 'string'],
  ['query', 'string'],
  ['model', 'string'],
  ['upstream_model', 'string'],
  ['response_model', 'string'],
  ['status', 'number'],
  ['client_status', 'number'],
  ['ttfb_ms', 'number'],
  ['ttft_ms', 'number'],
  ['ms_per_token', 'number'],
  ['usage', 'object'],
  ['cost_usd', 'number'],
  ['price', 'object'],
  ['stop_reason', 'string'],
  ['retry_after', 'string'],
  ['error', 'object'],
  ['credential', 'object'],
  ['tags', 'object'],
]

const LISTS: readonly (keyof ExchangeRecord)[] = ['attempts', 'policy']

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
  if (!REQUIRED.every(([name, type]) => typeof fields[name] === type)) return undefined
  const isFine = OPTIONAL.every(([name, type]) => fields[name] == null || typeof fields[name] === type)
  return isFine && LISTS.every((name) => isList(fields[name])) ? (value as ExchangeRecord) : undefined
}

function isList(value: unknown): boolean {
  if (value === undefined) return true
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
}

/** Whether a line that is no record here is one of a schema version to come. */
export function isNewerLine(line: string): boolean {
  const value = line.startsWith('{') ? parseJson(line) : undefined
  const version = typeof value === 'object' && value !== null ? (value as { v?: unknown }).v : undefined
  return Number.isInteger(version) && (version as number) > 1
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
