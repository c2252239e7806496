import { createHash } from 'node:crypto'
import type { LimitAmount, LimitPeriod, LimitRule } from '../../config/limit-rule.ts'
import type { AccountState } from './account-state.ts'
import type { Amounts } from './amounts.ts'
import { amountFor } from './amounts.ts'
import type { Stop } from './stop.ts'
import { IN_FLIGHT_WAIT_MS, isFull } from './stop.ts'
import type { Subject } from './subject.ts'
import { groupOf, isMeant } from './subject.ts'
import type { TeamStore } from './team-store.ts'

/** What is kept in the store: sums of the minutes, hours, days and months of UTC, which all machines have alike. */
export type TeamPeriod = Exclude<LimitPeriod, 'run'>

/** What a sum should be changed by. */
interface Debt {
  readonly key: string
  readonly points: number
  /** When its window ends, Unix milliseconds. */
  readonly endMs: number
}

/** A sum that a request has been added to. */
interface Hold extends Debt {
  readonly what: LimitAmount
}

/** What a request holds in the store until it is known what it used. */
export interface TeamHold {
  readonly holds: readonly Hold[]
  readonly stops: readonly Stop[]
  /** Why the store could not be asked. */
  readonly fault?: unknown
}

/** Whole numbers only are kept. */
const POINTS_PER_USD = 1e6
const SECOND_MS = 1000
/** What is still under way when its window ends is corrected there. */
const AFTER_MS = 3_600_000
const PLAIN_NAME = /^[\w.:@/ -]{0,80}$/
const MOST_KEPT = 1000

/** Whether the team can share a limit; what counts one process cannot be shared. */
export function isShared({ per }: LimitRule): boolean {
  return per !== undefined && per !== 'run'
}

/** The accounts of a team in a store: a request is added with its estimate, which is corrected when it has ended. */
export class TeamAccounts {
  readonly rules: readonly LimitRule[]
  readonly #store: TeamStore
  readonly #now: () => number
  /** What could not be told to the store, by key. */
  readonly #owed = new Map<string, Omit<Debt, 'key'>>()
  /** What the store is being told while nobody waits for it; it never fails. */
  #payment: Promise<unknown> = Promise.resolve()
  /** What is estimated for requests of this process that are under way, by key. */
  readonly #flying = new Map<string, number>()
  /** The sums as they were last heard of. */
  readonly #last = new Map<string, AccountState>()

  constructor(store: TeamStore, rules: readonly LimitRule[], now: () => number) {
    this.#store = store
    this.rules = rules.filter(isShared)
    this.#now = now
  }

  get storeName(): string {
    return this.#store.name
  }

  get states(): readonly AccountState[] {
    const nowMs = this.#now()
    return [...this.#last.values()].filter(({ resetsAtMs = 0 }) => resetsAtMs > nowMs)
  }

  isFor(subject: Subject): boolean {
    return this.rules.some((rule) => isMeant(subject, rule.match))
  }

  /** Adds a request to all sums that it counts for, or, where one of them is full, to none. Never throws. */
  async reserve(subject: Subject, amounts: Amounts): Promise<TeamHold> {
    const rules = this.rules.filter((rule) => isMeant(subject, rule.match))
    const nowMs = this.#now()
    const asked = rules.map((rule) => ({
      rule,
      group: groupOf(subject, rule.by),
      hold: holdOf(rule, subject, amounts, nowMs),
    }))
    const fault = await this.#payDebts(nowMs)
    if (fault) return { holds: asked.map(({ hold }) => unheld(hold)), stops: [], fault }
    const answers = await Promise.allSettled(asked.map(({ hold }) => this.#add(hold)))
    const holds = asked.map(({ hold }, index) =>
      answers[index]?.status === 'fulfilled' ? hold : unheld(hold),
    )
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed) return this.#held({ holds, stops: [], fault: failed.reason })
    const stops = asked.flatMap(({ rule, group, hold }, index) => {
      const answer = answers[index]
      return answer?.status === 'fulfilled' ? this.#stop(rule, group, hold, answer.value) : []
    })
    if (stops.length === 0) return this.#held({ holds, stops })
    for (const hold of holds) this.#owe(hold, -hold.points)
    this.#payLater()
    return { holds: [], stops }
  }

  /** Corrects what was estimated. Nobody waits for it; while the store is away it is kept. */
  settle({ holds }: TeamHold, amounts: Amounts): void {
    for (const hold of holds) {
      this.#fly(hold, -hold.points)
      this.#owe(hold, pointsOf(hold.what, amounts) - hold.points)
    }
    this.#payLater()
  }

  /** Settles when the store has been told everything, or cannot be. */
  async close(): Promise<void> {
    await this.#payment
    await this.#payDebts(this.#now())
    this.#store.close()
  }

  #payLater(): void {
    this.#payment = Promise.all([this.#payment, this.#payDebts(this.#now())])
  }

  #held(hold: TeamHold): TeamHold {
    for (const one of hold.holds) this.#fly(one, one.points)
    return hold
  }

  #fly({ key }: Hold, points: number): void {
    const flying = (this.#flying.get(key) ?? 0) + points
    if (flying === 0) this.#flying.delete(key)
    else this.#flying.set(key, flying)
  }

  /** @returns a stop where the sum was full without this request */
  #stop(rule: LimitRule, group: string, { points, endMs, what, key }: Hold, total: number): Stop[] {
    const inFlight = what === 'requests' ? 0 : (this.#flying.get(key) ?? 0) / unitOf(what)
    const used = (total - points) / unitOf(what) - inFlight
    this.#last.delete(key)
    this.#last.set(key, { rule, group, used, inFlight, resetsAtMs: endMs })
    if (this.#last.size > MOST_KEPT) this.#last.delete(this.#last.keys().next().value as string)
    if (!isFull(used + inFlight, rule)) return []
    const freeAtMs = isFull(used, rule) ? endMs : this.#now() + IN_FLIGHT_WAIT_MS
    return [{ rule, group, used, inFlight, freeAtMs }]
  }

  #owe({ key, endMs }: Debt, points: number): void {
    const owed = (this.#owed.get(key)?.points ?? 0) + points
    if (owed === 0) this.#owed.delete(key)
    else this.#owed.set(key, { points: owed, endMs })
  }

  /** @returns why the store did not take them; they are still owed then */
  async #payDebts(nowMs: number): Promise<unknown> {
    const debts = [...this.#owed].filter(([, { endMs }]) => endMs + AFTER_MS > nowMs)
    this.#owed.clear()
    const answers = await Promise.allSettled(debts.map(([key, debt]) => this.#add({ key, ...debt })))
    for (const [index, [key, debt]] of debts.entries()) {
      if (answers[index]?.status === 'rejected') this.#owe({ key, ...debt }, debt.points)
    }
    return answers.find((answer) => answer.status === 'rejected')?.reason
  }

  #add({ key, points, endMs }: Debt): Promise<number> {
    const lifetimeMs = Math.max(0, endMs - this.#now()) + AFTER_MS
    return this.#store.add(key, points, Math.ceil(lifetimeMs / SECOND_MS))
  }
}

function holdOf(rule: LimitRule, subject: Subject, amounts: Amounts, nowMs: number): Hold {
  const { startMs, endMs } = teamWindow(rule.per as TeamPeriod, nowMs)
  const group = shortName(groupOf(subject, rule.by))
  const key = [rule.name, rule.what, rule.per, group, new Date(startMs).toISOString()].join('|')
  return { key, what: rule.what, points: pointsOf(rule.what, amounts), endMs }
}

/** One that the store did not take; what it uses is added when it has ended. */
function unheld(hold: Hold): Hold {
  return { ...hold, points: 0 }
}

function pointsOf(what: LimitAmount, amounts: Amounts): number {
  return Math.round(amountFor(what, amounts) * unitOf(what))
}

function unitOf(what: LimitAmount): number {
  return what === 'usd' ? POINTS_PER_USD : 1
}

/** The stretch of UTC time around a moment. */
export function teamWindow(per: TeamPeriod, nowMs: number): { startMs: number; endMs: number } {
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
