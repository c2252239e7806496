import type { LimitRule } from '../../config/limit-rule.ts'
import type { AccountState } from './account-state.ts'
import type { Amounts } from './amounts.ts'
import type { Stop } from './stop.ts'
import { IN_FLIGHT_WAIT_MS, isFull } from './stop.ts'
import type { Subject } from './subject.ts'
import { groupOf, isMeant } from './subject.ts'
import type { Debt, Hold } from './team-hold.ts'
import { holdOf, isShared, pointsOf, unheld, unitOf } from './team-hold.ts'
import type { TeamStore } from './team-store.ts'

/** What a request holds in the store until it is known what it used. */
export interface TeamHold {
  readonly holds: readonly Hold[]
  readonly stops: readonly Stop[]
  /** Why the store could not be asked. */
  readonly fault?: unknown
}

/** How the accounts of a team stand, as far as they are for a request. */
export interface TeamLook {
  readonly accounts: readonly AccountState[]
  readonly stops: readonly Stop[]
  /** Why the store could not be asked. */
  readonly fault?: unknown
}

/** A sum that a request would be added to. */
interface Asked {
  readonly rule: LimitRule
  readonly group: string
  readonly hold: Hold
}

const NOTHING: Amounts = { requests: 0, inputTokens: 0, outputTokens: 0, usd: 0 }
const SECOND_MS = 1000
/** What is still under way when its window ends is corrected there. */
const AFTER_MS = 3_600_000
const MOST_KEPT = 1000

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
    const nowMs = this.#now()
    const asked = this.#asked(subject, amounts, nowMs)
    const fault = await this.#payDebts(nowMs)
    if (fault) return { holds: asked.map(({ hold }) => unheld(hold)), stops: [], fault }
    const answers = await Promise.allSettled(asked.map(({ hold }) => this.#add(hold)))
    const holds = asked.map(({ hold }, index) =>
      answers[index]?.status === 'fulfilled' ? hold : unheld(hold),
    )
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed) return this.#held({ holds, stops: [], fault: failed.reason })
    const stops = asked.flatMap((one, index) => {
      const answer = answers[index]
      if (answer?.status !== 'fulfilled') return []
      const state = this.#stateOf(one, answer.value)
      this.#remember(one.hold, state)
      return this.#stopOf(state)
    })
    if (stops.length === 0) return this.#held({ holds, stops })
    for (const hold of holds) this.#owe(hold, -hold.points)
    this.#payLater()
    return { holds: [], stops }
  }

  /** The same question without adding anything. Never throws. */
  async look(subject: Subject): Promise<TeamLook> {
    const asked = this.#asked(subject, NOTHING, this.#now())
    try {
      const totals = await Promise.all(asked.map(({ hold }) => this.#store.read(hold.key)))
      const accounts = asked.map((one, index) => this.#stateOf(one, totals[index] as number))
      return { accounts, stops: accounts.flatMap((state) => this.#stopOf(state)) }
    } catch (fault) {
      return { accounts: [], stops: [], fault }
    }
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

  #asked(subject: Subject, amounts: Amounts, nowMs: number): readonly Asked[] {
    const rules = this.rules.filter((rule) => isMeant(subject, rule.match))
    return rules.map((rule) => ({
      rule,
      group: groupOf(subject, rule.by),
      hold: holdOf(rule, subject, amounts, nowMs),
    }))
  }

  /** Without the request itself. */
  #stateOf({ rule, group, hold: { points, endMs, what, key } }: Asked, total: number): AccountState {
    const inFlight = what === 'requests' ? 0 : (this.#flying.get(key) ?? 0) / unitOf(what)
    const used = (total - points) / unitOf(what) - inFlight
    return { rule, group, used, inFlight, resetsAtMs: endMs }
  }

  #remember({ key }: Hold, state: AccountState): void {
    this.#last.delete(key)
    this.#last.set(key, state)
    if (this.#last.size > MOST_KEPT) this.#last.delete(this.#last.keys().next().value as string)
  }

  /** Where the sum is full. */
  #stopOf({ resetsAtMs, ...state }: AccountState): Stop[] {
    const { rule, used, inFlight } = state
    if (!isFull(used + inFlight, rule)) return []
    const freeAtMs = isFull(used, rule) ? resetsAtMs : this.#now() + IN_FLIGHT_WAIT_MS
    return [{ ...state, freeAtMs }]
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
