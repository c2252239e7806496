import type { LimitRule } from '../../config/limit-rule.ts'
import type { Use } from './account.ts'
import { Account } from './account.ts'
import type { AccountState } from './account-state.ts'
import { amountFor } from './amounts.ts'
import { Estimator } from './estimator.ts'
import type { LedgerUse, LimitPrices } from './ledger-line.ts'
import { LedgerLine } from './ledger-line.ts'
import { LedgerTail } from './ledger-tail.ts'
import type { Stop } from './stop.ts'
import { IN_FLIGHT_WAIT_MS, isFull } from './stop.ts'
import type { Subject } from './subject.ts'
import { windowStartMs } from './sums.ts'
import { toldOnce } from './told-once.ts'

export interface BooksOptions {
  readonly rules: readonly LimitRule[]
  readonly ledgerDirectory: string
  readonly runId: string
  readonly prices: LimitPrices
  /** Told once, when the ledger cannot be read. */
  readonly onTrouble: (reason: string) => void
  readonly now: () => number
}

/** An older exchange says nothing of the next one. */
const TOLD_BY_MS = 3_600_000

/** The accounts of all limits, kept by what stands in the ledger. */
export class Books {
  readonly accounts: readonly Account[]
  readonly estimator: Estimator
  readonly #options: BooksOptions
  readonly #line: LedgerLine
  readonly #tail: LedgerTail
  /** What begins within a second, and what is under way, does not stand there. */
  readonly #needsLedger: boolean
  readonly #try: (action: () => void) => void

  constructor(options: BooksOptions) {
    const { rules, ledgerDirectory, prices } = options
    this.#options = options
    this.accounts = rules.map((rule) => new Account(rule))
    this.#needsLedger = rules.some(({ per }) => per !== undefined)
    this.#try = toldOnce(options.onTrouble, 'limits count only what this run uses')
    this.estimator = new Estimator(prices.of)
    this.#line = new LedgerLine(prices)
    this.#tail = new LedgerTail(ledgerDirectory, this.#line, (use) => this.#enter(use))
  }

  /** Reads what has been used up in the windows that now go on. */
  open(): void {
    if (!this.#needsLedger) return
    const nowMs = this.#options.now()
    const since = this.accounts.map(({ rule }) => windowStartMs(rule.per, nowMs))
    this.#try(() => this.#tail.readBack(Math.min(...since), nowMs))
  }

  /** Reads what any process has written since. */
  refresh(nowMs: number): void {
    if (this.#needsLedger) this.#try(() => this.#tail.advance(nowMs))
  }

  /** What a line of the ledger says that could not be written to it, or is only looked at. */
  readLine(line: string): LedgerUse | undefined {
    const bytes = Buffer.from(line)
    const use = this.#line.read(bytes, 0, bytes.length - 1)
    return use && this.#known(use)
  }

  /** Enters what the ledger does not have. */
  enter(use: LedgerUse): void {
    const nowMs = this.#options.now()
    for (const account of this.accounts) {
      const { per } = account.rule
      if (per !== undefined && (per !== 'run' || use.runId === this.#options.runId)) account.add(use, nowMs)
    }
  }

  /** Counts a request where those that begin within a second are counted; the ledger is too late for that. */
  begin(use: Use, nowMs: number): void {
    for (const account of this.accounts) if (account.rule.what === 'burst') account.add(use, nowMs)
  }

  #enter(use: LedgerUse): void {
    if (use.isKnown && use.endMs > this.#options.now() - TOLD_BY_MS) this.estimator.learn(use)
    this.enter(this.#known(use))
  }

  #known(use: LedgerUse): LedgerUse {
    const guess = use.isKnown ? undefined : this.estimator.guess(use.subject)
    return guess ? { ...use, amounts: { ...guess, requests: use.amounts.requests } } : use
  }
}

/** What is under way, in this process and in others. */
export interface Flying {
  readonly own: Iterable<Use>
  readonly others: Iterable<Use>
}

/** Why an account has no room for one more request; undefined where it has. */
export function stopOf(account: Account, subject: Subject, flying: Flying, nowMs: number): Stop | undefined {
  const state = stateOf(account, subject, flying, nowMs)
  if (!state || !isFull(state.used + state.inFlight, state.rule)) return undefined
  return { ...state, freeAtMs: freeAtMs(account, state, nowMs) }
}

/** How an account stands for a request; undefined where it is not for it. */
export function stateOf(
  account: Account,
  subject: Subject,
  flying: Flying,
  nowMs: number,
): AccountState | undefined {
  if (!account.isFor(subject)) return undefined
  const { rule } = account
  const group = account.ask(subject)
  const isOfProcess = rule.per === undefined || rule.per === 'run'
  const inFlight =
    inFlightOf(account, group, flying.own, nowMs) +
    (isOfProcess ? 0 : inFlightOf(account, group, flying.others, nowMs))
  return { rule, group, used: account.used(group, nowMs), inFlight }
}

/** What is under way of what an account counts. */
export function inFlightOf(account: Account, group: string, uses: Iterable<Use>, nowMs: number): number {
  const { what, per } = account.rule
  if (what === 'burst') return 0
  const sinceMs = what === 'requests' ? windowStartMs(per === 'run' ? undefined : per, nowMs) : 0
  let sum = 0
  for (const use of uses) {
    const isWithin = per === 'run' || what === 'concurrent' || use.startMs >= sinceMs
    if (isWithin && account.isFor(use.subject) && account.groupOf(use.subject) === group)
      sum += amountFor(what, use.amounts)
  }
  return sum
}

/** Requests in flight are requests for sure; what they use may turn out to be less. */
function freeAtMs(
  account: Account,
  { group, used, inFlight }: Pick<Stop, 'group' | 'used' | 'inFlight'>,
  nowMs: number,
): number | undefined {
  const { rule } = account
  const { what, most } = rule
  const waitedMs = nowMs + IN_FLIGHT_WAIT_MS
  if (what !== 'requests') return isFull(used, rule) ? account.freeAtMs(group, most, nowMs) : waitedMs
  const freeMs = account.freeAtMs(group, Math.max(most - inFlight, 1), nowMs)
  return freeMs && inFlight > 0 ? Math.max(freeMs, waitedMs) : freeMs
}
