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

/** Above this, those are forgotten that count for nothing any more. */
const MOST_GROUPS = 10_000
const MOST_ASKED = 20

/** What has been used up of one limit, for each of whom it counts. */
export class Account {
  readonly rule: LimitRule
  readonly #sums = new Map<string, Sum>()
  /** The groups that requests of this process were in, the last ones last. */
  readonly #asked = new Set<string>()

  constructor(rule: LimitRule) {
    this.rule = rule
  }

  get asked(): Iterable<string> {
    return this.#asked
  }

  isFor(subject: Subject): boolean {
    return isMeant(subject, this.rule.match)
  }

  groupOf(subject: Subject): string {
    return groupOf(subject, this.rule.by)
  }

  /** The group of a request of this process. */
  ask(subject: Subject): string {
    const group = this.groupOf(subject)
    this.#asked.delete(group)
    this.#asked.add(group)
    if (this.#asked.size > MOST_ASKED) this.#asked.delete(this.#asked.keys().next().value as string)
    return group
  }

  /** Requests count from when they began, what they used from when it was known. */
  add({ subject, amounts, startMs, endMs = startMs }: Use, nowMs: number): void {
    const { what } = this.rule
    const amount = amountFor(what, amounts)
    if (amount === 0 || what === 'concurrent' || !this.isFor(subject)) return
    const isRequest = what === 'requests' || what === 'burst'
    this.#sumOf(this.groupOf(subject), nowMs).add(isRequest ? startMs : endMs, amount, nowMs)
  }

  used(group: string, nowMs: number): number {
    return this.#sums.get(group)?.total(nowMs) ?? 0
  }

  /** When there is room again, as far as that is a matter of time. */
  freeAtMs(group: string, most: number, nowMs: number): number | undefined {
    return (this.#sums.get(group) ?? createSum(this.rule.per)).freeAtMs(most, nowMs)
  }

  #sumOf(group: string, nowMs: number): Sum {
    const known = this.#sums.get(group)
    if (known) return known
    if (this.#sums.size >= MOST_GROUPS) this.#sweep(nowMs)
    const sum = createSum(this.rule.per)
    this.#sums.set(group, sum)
    return sum
  }

  #sweep(nowMs: number): void {
    for (const [group, sum] of this.#sums) if (sum.total(nowMs) === 0) this.#sums.delete(group)
  }
}
