import { calendarDate } from '../text/quantity.ts'

const MINUTE_MS = 60_000
const MONTHS_LOOKED_AT = 24

/** Names of stretches of local time; a name sorts as its time does, but for the hour that comes twice. */
export const TIME_NAMES = {
  hour: hourName,
  day: (timeMs: number) => calendarDate(new Date(timeMs)),
  week: weekName,
  month: (timeMs: number) => calendarDate(new Date(timeMs)).slice(0, 7),
} as const

/**
 * The longest stretch of which every local hour is made up, in milliseconds: an hour, but in zones such as those of India
 * or Nepal half an hour or a quarter.
 */
export function longestStretchMs(now: Date): number {
  const offsets = Array.from({ length: MONTHS_LOOKED_AT }, (_, month) =>
    Math.abs(new Date(now.getFullYear(), now.getMonth() - month, 1).getTimezoneOffset()),
  )
  const minutes = [60, 30, 15].find((length) => offsets.every((offset) => offset % length === 0)) ?? 1
  return minutes * MINUTE_MS
}

/** Such as `Europe/Berlin`. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** `2026-11-20T14:00+01:00`: the offset tells the two hours apart that have the same name in autumn. */
function hourName(timeMs: number): string {
  const moment = new Date(timeMs)
  const offset = -moment.getTimezoneOffset()
  const distance = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(distance / 60))}:${pad(distance % 60)}`
  return `${calendarDate(moment)}T${pad(moment.getHours())}:00${zone}`
}

/** The Monday with which it begins, as in ISO 8601. */
function weekName(timeMs: number): string {
  const moment = new Date(timeMs)
  const sinceMonday = (moment.getDay() + 6) % 7
  return calendarDate(new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - sinceMonday))
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
