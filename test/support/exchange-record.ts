import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { uuidv7 } from '../../src/exchange/uuid.ts'

/** A plain message call that went well, with what a test wants different; undefined takes a field away. */
export function exchangeRecord(
  changes: { readonly [Field in keyof ExchangeRecord]?: ExchangeRecord[Field] | undefined } = {},
): ExchangeRecord {
  const fields = Object.entries({
    v: 1,
    ts: '2026-11-20T14:03:22.120Z',
    id: uuidv7(),
    run_id: '01a1fbaa-0000-7000-8000-000000000000',
    session_id: '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f',
    profile: 'default',
    upstream: 'https://api.anthropic.com',
    method: 'POST',
    path: '/v1/messages',
    query: 'beta=true',
    model: 'claude-opus-4-8',
    stream: true,
    status: 200,
    answered_by: 'upstream',
    outcome: 'ok',
    request_bytes: 85_213,
    response_bytes: 12_345,
    ttfb_ms: 612.3,
    ttft_ms: 900.1,
    duration_ms: 4200.5,
    usage: { input_tokens: 1204, output_tokens: 345, cache_read_input_tokens: 85_000 },
    stop_reason: 'end_turn',
    ...changes,
  } satisfies Record<string, unknown>)
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as unknown as ExchangeRecord
}
