import { parseDuration } from '../../base/duration.ts'
import { GatewayError } from '../../base/errors.ts'
import type { Outcome } from '../../exchange/exchange.ts'
import { OUTCOMES } from '../../exchange/schema-parts.ts'
import type { Query, StatusFilter } from '../../log/query.ts'
import { parseRange } from '../../log/since.ts'
import { parseWhere } from '../../log/where.ts'
import type { Context } from '../context.ts'
import { OUTCOME_WORDS } from './exchange-row.ts'

/** Which exchanges are meant, as a person says it. */
export interface FilterInput {
  /** A duration, a date, a time. */
  readonly since?: string
  readonly until?: string
  /** How the session's id begins. */
  readonly session?: string
  readonly model?: string
  readonly project?: string
  readonly path?: string
  /** `429`, `4xx`, `ok`, or an outcome. */
  readonly status?: string
  readonly outcome?: string
  readonly stopReason?: string
  readonly errorsOnly?: boolean
  /** A duration. */
  readonly slowerThan?: string
  /** US dollars. */
  readonly minCost?: string
  readonly where?: string
}

/**
 * What is looked for. A profile counts where the option names one; it need not be configured any more.
 * @throws GatewayError USAGE, which says what is taken
 */
export function toQuery({ options }: Context, input: FilterInput, now: Date): Query {
  const { since, until, status, outcome, slowerThan, minCost, where } = input
  rejectEmpty(input)
  return {
    ...parseRange({ since, until }, now),
    session: input.session,
    model: input.model,
    project: input.project,
    profile: options.flags.profile,
    path: input.path,
    status: optional(status, parseStatus),
    outcome: optional(outcome, parseOutcome),
    stopReason: input.stopReason,
    isError: input.errorsOnly === true,
    slowerThanMs: optional(slowerThan, parseSlowness),
    minCostUsd: optional(minCost, parseCost),
    where: optional(where, parseWhere),
  }
}

const TEXTS = ['session', 'model', 'project', 'path', 'stopReason'] as const

function rejectEmpty(input: FilterInput): void {
  const empty = TEXTS.find((name) => input[name] === '')
  if (empty === undefined) return
  const option = empty.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw usage(`\`--${option}\` needs a text to look for`)
}

function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text)
}

function parseSlowness(text: string): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return durationMs
  throw usage(`\`--slower-than ${text}\`: give a duration such as 500ms, 10s or 2m`)
}

function parseCost(text: string): number {
  const digits = text.replace(/^\$/, '')
  if (/^\d+(\.\d+)?$/.test(digits)) return Number(digits)
  throw usage(`\`--min-cost ${text}\`: give US dollars, such as 0.25`)
}

function parseOutcome(text: string): Outcome {
  const found = outcomeOf(text)
  if (found) return found
  throw usage(`\`--outcome ${text}\`: give one of ${OUTCOMES.enum.join(', ')}`)
}

function parseStatus(text: string): StatusFilter {
  if (/^[1-5]\d\d$/.test(text)) return { code: Number(text) }
  if (/^[1-5]xx$/i.test(text)) return { hundreds: Number(text[0]) }
  const outcome = outcomeOf(text)
  if (outcome) return { outcome }
  const names = OUTCOMES.enum.join(', ')
  throw usage(`\`--status ${text}\`: give a status (429), a class (4xx) or an outcome (${names})`)
}

/** By its name, or by the word that the listing has for it. */
function outcomeOf(text: string): Outcome | undefined {
  const outcomes = Object.entries(OUTCOME_WORDS) as [Outcome, string][]
  return outcomes.find((names) => names.includes(text.toLowerCase()))?.[0]
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
