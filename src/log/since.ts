import { parseDuration } from '../base/duration.ts'
import { GatewayError } from '../base/errors.ts'

/** A span of time in Unix milliseconds; a side that is missing is open. */
export interface TimeRange {
  readonly sinceMs?: number | undefined
  /** The first moment that is not in it. */
  readonly untilMs?: number | undefined
}

const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * What a person means by `--since` and `--until`. Each is how long ago (`2h`), a date or date and time, or the
 * last time the clock showed `14:30`; without a zone of its own, in local time. A date as the end is all of that day.
 * @throws GatewayError USAGE, also where nothing lies between them
 */
export function parseRange(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: Date,
): TimeRange {
  const sinceMs = since === undefined ? undefined : parseSince(since, now)
  const untilMs = until === undefined ? undefined : parseUntil(until, now)
  if (sinceMs === undefined || untilMs === undefined || sinceMs < untilMs) return { sinceMs, untilMs }
  throw usage(`\`--until ${until}\` is not after \`--since ${since}\``)
}

/** The moment where a span begins, as `parseRange` reads it. @throws GatewayError USAGE */
export function parseSince(text: string, now: Date): number {
  return parseMoment('--since', text, now)
}

function parseUntil(text: string, now: Date): number {
  const moment = parseMoment('--until', text, now)
  if (!DATE.test(text)) return moment
  const day = new Date(moment)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime()
}

function parseMoment(option: string, text: string, now: Date): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return now.getTime() - durationMs
  const moment = TIME.test(text) ? lastTime(text, now) : dateTime(text)
  if (!Number.isNaN(moment)) return moment
  throw usage(
    `\`${option} ${text}\`: give a duration (30m, 2h, 7d), a date (2026-11-20), a date and time (2026-11-20T14:30) or a time (14:30)`,
  )
}

function lastTime(text: string, now: Date): number {
  const [, hours, minutes, seconds = '0'] = TIME.exec(text) ?? []
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN
  const moment = new Date(now)
  moment.setHours(Number(hours), Number(minutes), Number(seconds), 0)
  if (moment > now) moment.setDate(moment.getDate() - 1)
  return moment.getTime()
}

/** ECMAScript reads a date without a time as UTC, so a local midnight is added. */
function dateTime(text: string): number {
  if (!isDay(text.slice(0, 10))) return Number.NaN
  if (DATE.test(text)) return new Date(`${text}T00:00`).getTime()
  return DATE_TIME.test(text) ? new Date(text.replace(' ', 'T')).getTime() : Number.NaN
}

/** ECMAScript takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const moment = new Date(`${date}T00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date)
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
