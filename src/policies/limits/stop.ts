import { GatewayError } from '../../base/errors.ts'
import type { LimitRule } from '../../config/limit-rule.ts'
import { shownName } from '../../config/shown-name.ts'
import { bareAmount, shownAmount } from './amounts.ts'

/** Why a request may not be sent. */
export interface Stop {
  readonly rule: LimitRule
  /** Of whom the limit is; empty for all, or for those without such a name. */
  readonly group: string
  /** Without what is in flight. */
  readonly used: number
  readonly inFlight: number
  /** When there is room again, Unix milliseconds; absent where time does not help. */
  readonly freeAtMs?: number | undefined
}

/** Claude Code waits no longer than this, and takes more for a final answer (measured). */
const LONGEST_WAIT_S = 60
/** Nobody knows when what is in flight will end. */
export const IN_FLIGHT_WAIT_MS = 5_000

/** Sums of fractions are a little less than what they add up to. */
const FULL = 1 - 1e-9

/** Whether that is all there is, so that there is no room for one more. */
export function isFull(amount: number, { most }: LimitRule): boolean {
  return amount >= most * FULL
}

/** The one that lasts longest. */
export function longestStop(stops: readonly Stop[]): Stop | undefined {
  return stops.toSorted((a, b) => (b.freeAtMs ?? Number.MAX_VALUE) - (a.freeAtMs ?? Number.MAX_VALUE))[0]
}

/** What the client is answered: to wait where that is short, otherwise that this is final. */
export function rejection(stop: Stop, nowMs: number): GatewayError {
  const { rule, used, inFlight, freeAtMs } = stop
  const { name, what, most, per } = rule
  const waitS =
    freeAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000))
  const details = {
    rule: name,
    scope: scopeOf(stop),
    used: bareAmount(what, used) + (inFlight > 0 ? ` and ${bareAmount(what, inFlight)} in flight` : ''),
    most: shownAmount(what, most),
    reset: resetText(rule, freeAtMs, nowMs),
  }
  if (isShort(stop, waitS))
    return new GatewayError('LIMIT_PACE', {
      ...details,
      per: per ? ` per ${per}` : '',
      retryAfterSeconds: waitS,
    })
  return new GatewayError(what === 'usd' ? 'LIMIT_SPENT' : 'LIMIT_REACHED', {
    ...details,
    per: per ?? 'second',
  })
}

/** `model claude-opus-4-8`; names off the wire as a terminal may have them. */
export function groupText({ by }: LimitRule, group: string): string {
  if (by === 'all') return ''
  return group === '' ? `no ${by}` : `${by} ${shownName(group)}`
}

/** When a limit has room again: `it has room again at 14:30 (in 12 min)`. */
export function resetText({ per }: LimitRule, freeAtMs: number | undefined, nowMs: number): string {
  if (freeAtMs === undefined)
    return per === 'run' ? 'a new run starts at nothing' : 'it has room when others end'
  return `it has room again ${momentText(freeAtMs, nowMs)} (in ${waitText(freeAtMs - nowMs)})`
}

/** A budget of a day or a month that is used up is so until it ends, however near that is. */
function isShort({ rule, used }: Stop, waitS: number): boolean {
  const isCalendar = rule.per === 'day' || rule.per === 'month'
  return waitS <= LONGEST_WAIT_S && !(rule.what === 'usd' && isCalendar && isFull(used, rule))
}

function scopeOf({ rule, group }: Stop): string {
  const text = groupText(rule, group)
  return text && ` (${text})`
}

function momentText(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)]
  const two = (number: number) => String(number).padStart(2, '0')
  const time = `at ${two(at.getHours())}:${two(at.getMinutes())}`
  if (at.toDateString() === now.toDateString()) return time
  return `on ${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}

function waitText(waitMs: number): string {
  const minutes = Math.ceil(waitMs / 60_000)
  if (minutes < 60) return `${Math.max(1, minutes)} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
