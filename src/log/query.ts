import type { Outcome } from '../exchange/exchange.ts'
import type { Condition } from './condition.ts'
import { fieldTest } from './condition.ts'

/** Which records are meant; every part that is given must hold. */
export interface Query {
  /** Began then or later, Unix milliseconds. */
  readonly sinceMs?: number | undefined
  /** Began before. */
  readonly untilMs?: number | undefined
  /** How the session's id begins. */
  readonly session?: string | undefined
  /** A part of the model asked for, or of the one that answered; with `*`, all of it. Any letter case. */
  readonly model?: string | undefined
  readonly project?: string | undefined
  readonly profile?: string | undefined
  /** A part of the path; with `*`, all of it. */
  readonly path?: string | undefined
  readonly status?: StatusFilter | undefined
  readonly outcome?: Outcome | undefined
  readonly stopReason?: string | undefined
  readonly isError?: boolean | undefined
  /** Took longer. */
  readonly slowerThanMs?: number | undefined
  /** Cost so much or more. */
  readonly minCostUsd?: number | undefined
  /** How the record's id begins or ends. */
  readonly id?: string | undefined
  /** Whatever else must hold. */
  readonly where?: Condition | undefined
}

/** `429`, `4` for all of 4xx, or an outcome. */
export type StatusFilter =
  | { readonly code: number }
  | { readonly hundreds: number }
  | { readonly outcome: Outcome }

/** A query as one condition. */
export function conditionOf(query: Query): Condition {
  const { sinceMs, untilMs, session, model, project, profile, path, status } = query
  const { outcome, stopReason, isError, slowerThanMs, minCostUsd, id, where } = query
  const parts: (Condition | undefined | false)[] = [
    status && statusCondition(status),
    id !== undefined && idCondition(id),
    session !== undefined && fieldTest('session_id', 'begins', session),
    model !== undefined && either(fieldTest('model', '~', model), fieldTest('response_model', '~', model)),
    project !== undefined && fieldTest('tags.project', '=', project),
    profile !== undefined && fieldTest('profile', '=', profile),
    path !== undefined && fieldTest('path', '~', path),
    outcome && fieldTest('outcome', '=', outcome),
    stopReason !== undefined && fieldTest('stop_reason', '=', stopReason),
    isError && { kind: 'not', of: fieldTest('outcome', '=', 'ok') },
    slowerThanMs !== undefined && fieldTest('duration_ms', '>', String(slowerThanMs)),
    minCostUsd !== undefined && fieldTest('cost_usd', '>=', String(minCostUsd)),
    sinceMs !== undefined && fieldTest('ts', '>=', new Date(sinceMs).toISOString()),
    untilMs !== undefined && fieldTest('ts', '<', new Date(untilMs).toISOString()),
    where,
  ]
  return { kind: 'and', of: parts.filter((part) => part !== undefined && part !== false) }
}

function either(...of: readonly Condition[]): Condition {
  return { kind: 'or', of }
}

/** That the line holds it at all is what can be looked for. */
function idCondition(id: string): Condition {
  const isOneEnd = either(fieldTest('id', 'begins', id), fieldTest('id', 'ends', id))
  return { kind: 'and', of: [fieldTest('id', 'holds', id), isOneEnd] }
}

function statusCondition(filter: StatusFilter): Condition {
  if ('outcome' in filter) return fieldTest('outcome', '=', filter.outcome)
  const isStatus = (path: string): Condition => {
    if ('code' in filter) return fieldTest(path, '=', String(filter.code))
    return fieldTest(path, '~', `${filter.hundreds}*`)
  }
  return either(isStatus('status'), isStatus('client_status'))
}
