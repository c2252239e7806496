import { GatewayError } from '../../base/errors.ts'
import type { LimitRule, OnStoreError } from '../../config/limit-rule.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { ledgerLine } from '../../log/ledger.ts'
import type { Account, Use } from './account.ts'
import type { AccountState } from './account-state.ts'
import type { Amounts } from './amounts.ts'
import type { Flying } from './books.ts'
import { Books, inFlightOf, stateOf, stopOf } from './books.ts'
import { budgetWarnings } from './budget.ts'
import { InFlight } from './in-flight.ts'
import type { Self } from './in-flight-file.ts'
import type { LimitPrices } from './ledger-line.ts'
import { isLimited } from './ledger-line.ts'
import type { LimitDecision, LimitLook, LimitRequest, Reservation } from './limit-decision.ts'
import type { Stop } from './stop.ts'
import { longestStop, rejection } from './stop.ts'
import { storeFault } from './store-fault.ts'
import type { Subject } from './subject.ts'
import type { TeamHold } from './team-accounts.ts'
import { TeamAccounts } from './team-accounts.ts'
import { isShared } from './team-hold.ts'
import type { TeamStore } from './team-store.ts'
import { unpricedTeller } from './unpriced.ts'

export interface LimitsOptions {
  readonly rules: readonly LimitRule[]
  readonly ledgerDirectory: string
  readonly self: Self
  /** Whether there is a process with that pid on this machine. */
  readonly isAlive: (pid: number) => boolean
  /** What an answer costs where its line does not say so. */
  readonly prices: LimitPrices
  /** Where a team keeps the sums that are not of one process. */
  readonly store?: TeamStore | undefined
  readonly onStoreError?: OnStoreError
  /** What goes wrong without disturbing a request; each kind is told once. */
  readonly onTrouble: (reason: string) => void
  readonly now?: () => number
}

/** Lets requests through as long as there is room in all limits that are for them. */
export class Limits {
  readonly #options: LimitsOptions
  readonly #now: () => number
  readonly #books: Books
  readonly #inFlight: InFlight
  readonly #team: TeamAccounts | undefined
  readonly #tellUnpriced: ReturnType<typeof unpricedTeller>
  #isStoreTold = false

  constructor(options: LimitsOptions) {
    const { rules, store, self, now = Date.now } = options
    this.#options = options
    this.#now = now
    this.#books = new Books({ ...options, runId: self.runId, now })
    this.#inFlight = new InFlight({
      ...options,
      now,
      isShared: rules.some(isShared),
      accounts: () => this.accounts(),
    })
    this.#team = store && new TeamAccounts(store, rules, now)
    this.#tellUnpriced = unpricedTeller(rules, options.onTrouble)
  }

  /** Reads what has been used up; to be called once, before the first request. */
  open(): void {
    this.#books.open()
  }

  /** Decides in the same tick unless a team shares limits; what passes counts at once as in flight. Never throws. */
  decide(request: LimitRequest): LimitDecision | Promise<LimitDecision> {
    const { subject, path } = request
    if (!isLimited(path, subject.model) || !this.#isMeant(subject)) return { kind: 'pass' }
    const nowMs = this.#now()
    this.#books.refresh(nowMs)
    const stops = this.#stops(subject, nowMs)
    const stop = longestStop(stops.filter(({ rule }) => !this.#isTeams(rule)))
    if (stop) return rejected(stop, nowMs)
    const use = { subject, amounts: this.#books.estimator.estimate(request, nowMs), startMs: nowMs }
    this.#begin(use)
    if (!this.#team?.isFor(subject)) return { kind: 'pass', reservation: this.#reservation(use) }
    return this.#askTeam(this.#team, use, longestStop(stops))
  }

  /** What `decide` would say, and how each limit stands that is for the request. Only reads; never throws. */
  async look({ path, subject }: LimitRequest): Promise<LimitLook> {
    if (!isLimited(path, subject.model) || !this.#isMeant(subject)) return { decision: PASS, accounts: [] }
    const nowMs = this.#now()
    this.#books.refresh(nowMs)
    const stops = this.#stops(subject, nowMs)
    const stop = longestStop(stops.filter(({ rule }) => !this.#isTeams(rule)))
    const team = this.#team?.isFor(subject) ? await this.#team.look(subject) : undefined
    const refusal = stop ? rejected(stop, nowMs) : team && this.#refusalOf(team, longestStop(stops))
    const isLocal = ({ rule }: AccountState) => !this.#isTeams(rule) || team?.fault !== undefined
    const own = this.#states(subject, nowMs).filter(isLocal)
    return { decision: refusal ?? PASS, accounts: [...own, ...(team?.accounts ?? [])] }
  }

  /**
   * How the limits stand of which something is used, the largest part first: for those whom this run has asked for.
   * @param subject whom it will ask for, where that is known before
   */
  accounts(subject: Subject = {}): readonly AccountState[] {
    const nowMs = this.#now()
    this.#books.refresh(nowMs)
    const own = this.#books.accounts.filter(({ rule }) => !this.#isTeams(rule))
    const states = [
      ...own.flatMap((account) => this.#statesOf(account, subject, nowMs)),
      ...(this.#team?.states ?? []),
    ]
    return states.sort((a, b) => partUsed(b) - partUsed(a)).slice(0, MOST_SHOWN)
  }

  /** What people are told of those that are nearly used up. */
  warnings(): readonly string[] {
    return budgetWarnings(this.accounts(), this.#now())
  }

  /** To be called when all has been settled; what a team should know has then been told, or could not be within about a second. */
  async close(): Promise<void> {
    this.#inFlight.close()
    await this.#team?.close()
  }

  #isMeant(subject: Subject): boolean {
    return this.#books.accounts.some((account) => account.isFor(subject))
  }

  #isTeams(rule: LimitRule): boolean {
    return this.#team !== undefined && isShared(rule)
  }

  #stops(subject: Subject, nowMs: number): Stop[] {
    const flying = this.#flying(nowMs)
    return this.#books.accounts.flatMap((account) => stopOf(account, subject, flying, nowMs) ?? [])
  }

  #states(subject: Subject, nowMs: number): AccountState[] {
    const flying = this.#flying(nowMs)
    return this.#books.accounts.flatMap((account) => stateOf(account, subject, flying, nowMs) ?? [])
  }

  #flying(nowMs: number): Flying {
    return { own: this.#inFlight.own, others: this.#inFlight.others(nowMs) }
  }

  #begin(use: Use): void {
    this.#books.begin(use, use.startMs)
    this.#books.estimator.expect(use)
    this.#inFlight.begin(use)
  }

  /** @param localStop what stops it by the ledger of this machine, where that shall count */
  async #askTeam(team: TeamAccounts, use: Use, localStop: Stop | undefined): Promise<LimitDecision> {
    const hold = await team.reserve(use.subject, use.amounts)
    const refusal = this.#refusalOf(hold, localStop)
    if (!refusal) return { kind: 'pass', reservation: this.#reservation(use, hold) }
    this.#inFlight.end(use)
    if (hold.fault !== undefined) team.settle(hold, NOTHING)
    return refusal
  }

  #refusalOf(
    { stops, fault }: Pick<TeamHold, 'stops' | 'fault'>,
    localStop: Stop | undefined,
  ): LimitDecision | undefined {
    const stop = longestStop(stops)
    return fault === undefined ? stop && rejected(stop, this.#now()) : this.#withoutStore(fault, localStop)
  }

  #withoutStore(fault: unknown, localStop: Stop | undefined): LimitDecision | undefined {
    const { onStoreError = 'local' } = this.#options
    const details = { store: this.#team?.storeName ?? '', ...storeFault(fault) }
    const error = new GatewayError('LIMIT_STORE_AWAY', details)
    if (!this.#isStoreTold) this.#options.onTrouble(`${error.message}; ${MEANWHILE[onStoreError]}`)
    this.#isStoreTold = true
    if (onStoreError === 'closed') return { kind: 'reject', rule: 'store', error }
    return onStoreError === 'local' && localStop ? rejected(localStop, this.#now()) : undefined
  }

  #reservation(use: Use, hold?: TeamHold): Reservation {
    let isSettled = false
    const settle = (record: ExchangeRecord | undefined, isInLedger = true) => {
      if (isSettled) return
      isSettled = true
      if (record) this.#tellUnpriced(record, use.subject)
      const used = record && (hold || !isInLedger) ? this.#books.readLine(ledgerLine(record)) : undefined
      if (used && !isInLedger) this.#books.enter(used)
      if (hold) this.#team?.settle(hold, used?.amounts ?? NOTHING)
      this.#inFlight.end(use)
    }
    return { estimate: use.amounts, settle }
  }

  #statesOf(account: Account, subject: Subject, nowMs: number): AccountState[] {
    const { rule } = account
    return [...new Set([account.groupOf(subject), ...account.asked])].flatMap((group) => {
      const used = account.used(group, nowMs)
      if (used === 0) return []
      const resetsAtMs = account.freeAtMs(group, used, nowMs)
      const inFlight = inFlightOf(account, group, this.#inFlight.own, nowMs)
      return [{ rule, group, used, inFlight, ...(resetsAtMs !== undefined && { resetsAtMs }) }]
    })
  }
}

const PASS: LimitDecision = { kind: 'pass' }
const NOTHING: Amounts = { requests: 0, inputTokens: 0, outputTokens: 0, usd: 0 }
const MOST_SHOWN = 20
const MEANWHILE: Readonly<Record<OnStoreError, string>> = {
  local: 'until it can, limits count what this machine uses',
  open: 'until it can, requests pass without these limits',
  closed: 'until it can, requests are rejected',
}

function rejected(stop: Stop, nowMs: number): LimitDecision {
  return { kind: 'reject', rule: stop.rule.name, error: rejection(stop, nowMs) }
}

function partUsed({ rule, used }: AccountState): number {
  return used / rule.most
}
