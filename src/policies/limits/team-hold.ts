import { createHash } from 'node:crypto'
import type { LimitAmount, LimitPeriod, LimitRule } from '../../config/limit-rule.ts'
import type { Amounts } from './amounts.ts'
import { amountFor } from './amounts.ts'
import type { Subject } from './subject.ts'
import { groupOf } from './subject.ts'

/** What is kept in the store: sums of the minutes, hours, days and months of UTC, which all machines have alike. */
export type TeamPeriod = Exclude<LimitPeriod, 'run'>

/** What a sum should be changed by. */
export interface Debt {
  readonly key: string
  readonly points: number
  /** When its window ends, Unix milliseconds. */
  readonly endMs: number
}

/** A sum that a request has been added to. */
export interface Hold extends Debt {
  readonly what: LimitAmount
}

/** Whole numbers only are kept. */
const POINTS_PER_USD = 1e6
const PLAIN_NAME = /^[\w.:@/ -]{0,80}$/

/** Whether the team can share a limit; what counts one process cannot be shared. */
export function isShared({ per }: LimitRule): boolean {
  return per !== undefined && per !== 'run'
}

/** The sum of a limit that a request counts for now, and what is added to it. */
export function holdOf(rule: LimitRule, subject: Subject, amounts: Amounts, nowMs: number): Hold {
  const { startMs, endMs } = teamWindow(rule.per as TeamPeriod, nowMs)
  const group = shortName(groupOf(subject, rule.by))
  const key = [rule.name, rule.what, rule.per, group, new Date(startMs).toISOString()].join('|')
  return { key, what: rule.what, points: pointsOf(rule.what, amounts), endMs }
}

/** One that the store did not take; what it uses is added when it has ended. */
export function unheld(hold: Hold): Hold {
  return { ...hold, points: 0 }
}

export function pointsOf(what: LimitAmount, amounts: Amounts): number {
  return Math.round(amountFor(what, amounts) * unitOf(what))
}

export function unitOf(what: LimitAmount): number {
  return what === 'usd' ? POINTS_PER_USD : 1
}

/** The stretch of UTC time around a moment. */
function teamWindow(per: TeamPeriod, nowMs: number): { startMs: number; endMs: number } {
  const now = new Date(nowMs)
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  switch (per) {
    case 'month':
      return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) }
    case 'day':
      return { startMs: Date.UTC(year, month, day), endMs: Date.UTC(year, month, day + 1) }
    default: {
      const lengthMs = per === 'hour' ? 3_600_000 : 60_000
      const startMs = nowMs - (nowMs % lengthMs)
      return { startMs, endMs: startMs + lengthMs }
    }
  }
}

/** A name off the wire may be anything. */
function shortName(name: string): string {
  if (PLAIN_NAME.test(name)) return name
  return createHash('sha256').update(name).digest('hex')
}
