import type { LimitRule } from '../../config/limit-rule.ts'
import type { Amounts } from './amounts.ts'
import { amountFor } from './amounts.ts'
import type { Subject } from './subject.ts'
import { groupOf, isMeant } from './subject.ts'
import type { Sum } from './sums.ts'
import { createSum } from './sums.ts'

/** What has ended, or is under way. */
export interface Use {
  readonly subject: Subject
  readonly amounts: Amounts
  readonly startMs: number
  /** Absent while it is under way. */
  readonly endMs?: number
}

/** More than people have; a limit by session of a gateway that runs for weeks forgets its oldest. */
const MOST_GROUPS = 10_000

/** What has been used up of one limit, for each of whom it counts. */
export class Account {
  readonly rule: LimitRule
  /** Those used last are the last ones. */
  readonly #sums = new Map<string, Sum>()

  constructor(rule: LimitRule) {
    this.rule = rule
  }

  get groups(): Iterable<string> {
    return this.#sums.keys()
  }

  isFor(subject: Subject): boolean {
    return isMeant(subject, this.rule.match)
  }

  groupOf(subject: Subject): string {
    return groupOf(subject, this.rule.by)
  }

  /** Requests count from when they began, what they used from when it was known. */
  add({ subject, amounts, startMs, endMs = startMs }: Use, nowMs: number): void {
    const { what } = this.rule
    const amount = amountFor(what, amounts)
    if (amount === 0 || what === 'concurrent' || !this.isFor(subject)) return
    const isRequest = what === 'requests' || what === 'burst'
    this.#sumOf(this.groupOf(subject)).add(isRequest ? startMs : endMs, amount, nowMs)
  }

  used(group: string, nowMs: number): number {
    return this.#sums.get(group)?.total(nowMs) ?? 0
  }

  /** When there is room again, as far as that is a matter of time. */
  freeAtMs(group: string, most: number, nowMs: number): number | undefined {
    return (this.#sums.get(group) ?? createSum(this.rule.per)).freeAtMs(most, nowMs)
  }

  #sumOf(group: string): Sum {
    const sum = this.#sums.get(group) ?? createSum(this.rule.per)
    this.#sums.delete(group)
    this.#sums.set(group, sum)
    if (this.#sums.size > MOST_GROUPS) this.#sums.delete(this.#sums.keys().next().value as string)
    return sum
  }
}
