import type { LimitPeriod } from '../../config/limit-rule.ts'

/** What was used up within a window of time that moves on; all times in Unix milliseconds. */
export interface Sum {
  add(atMs: number, amount: number, nowMs: number): void
  total(nowMs: number): number
  /** When less than `most` is left of what is in it now; undefined where that is not a matter of time. */
  freeAtMs(most: number, nowMs: number): number | undefined
}

const STEPS = 60
const SECOND_MS = 1000
const SLIDING_MS = { minute: 60 * SECOND_MS, hour: 3600 * SECOND_MS } as const

/** @param per undefined is the second of a burst */
export function createSum(per: LimitPeriod | undefined): Sum {
  switch (per) {
    case 'minute':
    case 'hour':
      return new SlidingSum(SLIDING_MS[per])
    case 'day':
    case 'month':
      return new CalendarSum(per)
    case 'run':
      return new LastingSum()
    default:
      return new SlidingSum(SECOND_MS)
  }
}

/** Since when an amount counts that is used up now. */
export function windowStartMs(per: LimitPeriod | undefined, nowMs: number): number {
  if (per === 'day' || per === 'month') return calendarPeriod(per, nowMs).startMs
  if (per === 'run') return nowMs
  return nowMs - (per === undefined ? SECOND_MS : SLIDING_MS[per])
}

/** The day or month around a moment, as the clock of this machine has it. */
export function calendarPeriod(per: 'day' | 'month', atMs: number): { startMs: number; endMs: number } {
  const at = new Date(atMs)
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()]
  const start = (ahead: number) =>
    per === 'day' ? new Date(year, month, day + ahead) : new Date(year, month + ahead)
  return { startMs: start(0).getTime(), endMs: start(1).getTime() }
}

/** Slides in steps of a sixtieth, so that it takes the same room whatever happens, in whatever order. */
class SlidingSum implements Sum {
  readonly #stepMs: number
  readonly #steps = new Float64Array(STEPS)
  #last = 0
  #total = 0

  constructor(windowMs: number) {
    this.#stepMs = windowMs / STEPS
  }

  add(atMs: number, amount: number, nowMs: number): void {
    this.#moveTo(nowMs)
    const step = Math.min(this.#stepAt(atMs), this.#last)
    if (step <= this.#last - STEPS) return
    this.#steps[step % STEPS] = this.#at(step) + amount
    this.#total += amount
  }

  total(nowMs: number): number {
    this.#moveTo(nowMs)
    return this.#total
  }

  freeAtMs(most: number, nowMs: number): number {
    let rest = this.total(nowMs)
    let step = this.#last - STEPS
    while (rest >= most && step < this.#last) rest -= this.#at(++step)
    return (step + STEPS) * this.#stepMs
  }

  #moveTo(nowMs: number): void {
    const now = this.#stepAt(nowMs)
    if (now <= this.#last) return
    if (now - this.#last >= STEPS) this.#steps.fill(0)
    else for (let step = this.#last + 1; step <= now; step++) this.#steps[step % STEPS] = 0
    this.#last = now
    // Summed up anew, since differences of fractions leave a remainder.
    this.#total = this.#steps.reduce((sum, amount) => sum + amount, 0)
  }

  #at(step: number): number {
    return this.#steps[step % STEPS] as number
  }

  #stepAt(timeMs: number): number {
    return Math.floor(timeMs / this.#stepMs)
  }
}

class CalendarSum implements Sum {
  readonly #per: 'day' | 'month'
  #period = { startMs: 0, endMs: 0 }
  #total = 0

  constructor(per: 'day' | 'month') {
    this.#per = per
  }

  add(atMs: number, amount: number, nowMs: number): void {
    this.#moveTo(nowMs)
    if (atMs >= this.#period.startMs) this.#total += amount
  }

  total(nowMs: number): number {
    this.#moveTo(nowMs)
    return this.#total
  }

  freeAtMs(_most: number, nowMs: number): number {
    this.#moveTo(nowMs)
    return this.#period.endMs
  }

  #moveTo(nowMs: number): void {
    if (nowMs < this.#period.endMs) return
    this.#period = calendarPeriod(this.#per, nowMs)
    this.#total = 0
  }
}

class LastingSum implements Sum {
  #total = 0

  add(_atMs: number, amount: number): void {
    this.#total += amount
  }

  total(): number {
    return this.#total
  }

  freeAtMs(): undefined {
    return undefined
  }
}
