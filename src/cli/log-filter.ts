import { GatewayError } from '../base/errors.ts'
import type { Outcome } from '../exchange/exchange.ts'
import type { Query, StatusFilter } from '../log/query.ts'
import { parseSince } from '../log/since.ts'
import { OUTCOME_WORDS } from './exchange-row.ts'

/** Which exchanges are meant, as a person says it. */
export interface FilterInput {
  /** A duration, a date, a time. */
  readonly since?: string
  /** How the session's id begins. */
  readonly session?: string
  readonly model?: string
  /** `429`, `4xx`, `ok`, or an outcome. */
  readonly status?: string
  readonly errorsOnly?: boolean
}

/** @throws GatewayError USAGE, which says what is taken */
export function toQuery(input: FilterInput, now: Date): Query {
  const { since, session, model, status } = input
  if (session === '' || model === '') throw usage('`--session` and `--model` need a text to look for')
  return {
    sinceMs: since === undefined ? undefined : parseSince(since, now),
    session,
    model,
    status: status === undefined ? undefined : parseStatus(status),
    isError: input.errorsOnly === true,
  }
}

function parseStatus(text: string): StatusFilter {
  if (/^[1-5]\d\d$/.test(text)) return { code: Number(text) }
  if (/^[1-5]xx$/i.test(text)) return { hundreds: Number(text[0]) }
  const outcomes = Object.entries(OUTCOME_WORDS) as [Outcome, string][]
  const outcome = outcomes.find((names) => names.includes(text.toLowerCase()))
  if (outcome) return { outcome: outcome[0] }
  const names = outcomes.map(([name]) => name).join(', ')
  throw usage(`\`--status ${text}\`: give a status (429), a class (4xx) or an outcome (${names})`)
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
