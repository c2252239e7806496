import { parseDuration } from '../base/duration.ts'
import { GatewayError } from '../base/errors.ts'

const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * The moment that a person means, in Unix milliseconds: how long ago (`2h`), a date or date and time, or the
 * last time the clock showed `14:30`. Without a zone of its own, in local time.
 * @throws GatewayError USAGE
 */
export function parseSince(text: string, now: Date): number {
  return parseMoment('since', text, now)
}

/** The same for an end: a date means all of that day. @returns the first moment that is too late @throws GatewayError USAGE */
export function parseUntil(text: string, now: Date): number {
  const moment = parseMoment('until', text, now)
  return DATE.test(text) ? nextDay(moment) : moment
}

function parseMoment(option: string, text: string, now: Date): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return now.getTime() - durationMs
  const moment = TIME.test(text) ? lastTime(text, now) : dateTime(text)
  if (!Number.isNaN(moment)) return moment
  throw new GatewayError('USAGE', {
    reason: `\`--${option} ${text}\`: give a duration (30m, 2h, 7d), a date (2026-11-20), a date and time (2026-11-20T14:30) or a time (14:30)`,
  })
}

/** Where clocks are changed, a day is longer or shorter. */
function nextDay(midnightMs: number): number {
  const next = new Date(midnightMs)
  return next.setDate(next.getDate() + 1)
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
  if (DATE.test(text)) return new Date(`${text}T00:00`).getTime()
  return DATE_TIME.test(text) ? new Date(text.replace(' ', 'T')).getTime() : Number.NaN
}
