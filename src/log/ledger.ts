import type { ExchangeRecord, Usage } from '../exchange/exchange.ts'
import { retriesOf } from '../exchange/retries.ts'
import { slimUsage } from '../exchange/slim-usage.ts'

/** A line of the ledger: the names of a record with the same meaning, only fewer. */
export interface LedgerRecord
  extends Pick<
    ExchangeRecord,
    | ('v' | 'ts' | 'id' | 'run_id' | 'session_id' | 'agent_id' | 'parent_agent_id' | 'profile' | 'user')
    | (
        | 'tags'
        | 'path'
        | 'model'
        | 'upstream_model'
        | 'response_model'
        | 'status'
        | 'outcome'
        | 'cost_usd'
        | 'cost_usd_reason'
      )
    | ('ttft_ms' | 'duration_ms' | 'ms_per_token')
  > {
  /** How many attempts there were before the answer. */
  readonly retries?: number
  /** What is not zero of what has a price, and what decides that. */
  readonly usage?: Usage | null
  readonly credential?: { readonly source: string }
}

const TAGS = ['project', 'cost_center', 'branch', 'repository']

/** What the ledger keeps of a record: one line of JSON, newline included. Where the record lacks a field, so does the line. */
export function ledgerLine(record: ExchangeRecord): string {
  const { tags = {}, usage, credential } = record
  const kept = Object.entries(tags).filter(([name]) => TAGS.includes(name))
  const line = {
    v: record.v,
    ts: record.ts,
    id: record.id,
    run_id: record.run_id,
    session_id: record.session_id,
    agent_id: record.agent_id,
    parent_agent_id: record.parent_agent_id,
    profile: record.profile,
    user: record.user,
    tags: kept.length > 0 ? Object.fromEntries(kept) : undefined,
    path: record.path,
    model: record.model,
    upstream_model: record.upstream_model,
    response_model: record.response_model,
    status: record.status,
    outcome: record.outcome,
    retries: retriesOf(record).length || undefined,
    usage: usage ? slimUsage(usage) : usage,
    cost_usd: record.cost_usd,
    cost_usd_reason: record.cost_usd_reason,
    ttft_ms: record.ttft_ms,
    duration_ms: record.duration_ms,
    ms_per_token: record.ms_per_token,
    credential: credential && { source: credential.source },
  } satisfies { readonly [Name in keyof LedgerRecord]: LedgerRecord[Name] | undefined }
  return `${JSON.stringify(line)}\n`
}
