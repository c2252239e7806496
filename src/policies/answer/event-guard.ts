import type { AnswerTransform } from '../answer-transform.ts'
import type { EventReceiver } from '../event-splitter.ts'
import { EventSplitter } from '../event-splitter.ts'
import { readEvent } from '../stream-event.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { MessageGuard } from './message-guard.ts'
import { PING, UNREADABLE } from './withheld.ts'

/** Claude Code gives an answer up of which it hears nothing for five minutes; pings count (measured with 2.1.329). */
const QUIET_MS = 10_000

/**
 * Looks through a message that is answered as server-sent events. Where rules only count, all bytes pass at once. Where
 * they change the answer, it is as `MessageGuard` leaves it, with pings while nothing else goes out.
 */
export class EventGuard implements AnswerTransform, EventReceiver {
  readonly #isEnforced: boolean
  readonly #counts: AnswerCounts
  readonly #nowMs: () => number
  readonly #message: MessageGuard
  readonly #splitter = new EventSplitter()
  #out: Buffer[] = []
  /** When something was sent last; undefined before the first event. */
  #sentAtMs: number | undefined
  /** After a fault, where rules only count. */
  #isBlind = false

  /** @param nowMs monotonic */
  constructor(search: AnswerSearch, counts: AnswerCounts, nowMs = () => performance.now()) {
    this.#isEnforced = search.isEnforced
    this.#counts = counts
    this.#nowMs = nowMs
    this.#message = new MessageGuard(search, counts, (event) => this.#isEnforced && this.#out.push(event))
  }

  push(chunk: Buffer): Buffer {
    this.#splitter.push(chunk, this)
    this.#attempt(() => this.#message.settleSoFar())
    if (this.#out.length === 0 && this.#isEnforced && this.#isQuiet()) this.#out.push(PING)
    return this.#taken()
  }

  end(): Buffer {
    const rest = this.#splitter.rest()
    // What broke off before its data is no comment that could go ahead.
    if (readEvent(rest).type === undefined) this.#attempt(() => this.#message.settle())
    if (rest.length > 0) this.onEvent(rest)
    this.#attempt(() => this.#message.end())
    return this.#taken()
  }

  onEvent(event: Buffer): void {
    if (!this.#isEnforced) this.#out.push(event)
    this.#attempt(() => this.#message.take(event))
  }

  onLongPart(part: Buffer): void {
    if (!this.#isEnforced) this.#out.push(part)
    if (!this.#isBlind && !this.#message.isWithheld) this.#fail()
  }

  #attempt(work: () => void): void {
    try {
      if (!this.#isBlind) work()
    } catch {
      // Its text could repeat what it looked at.
      this.#fail()
    }
  }

  /** What cannot be looked through is not passed on, unless rules only count. */
  #fail(): void {
    this.#counts.add(UNREADABLE, this.#isEnforced ? 'deny' : 'flag')
    if (this.#isEnforced) this.#message.withhold(UNREADABLE)
    else this.#isBlind = true
  }

  #taken(): Buffer {
    const taken = Buffer.concat(this.#out)
    this.#out = []
    if (taken.length > 0) this.#sentAtMs = this.#nowMs()
    return taken
  }

  /** While the upstream speaks of what waits or is withheld. */
  #isQuiet(): boolean {
    return this.#sentAtMs !== undefined && this.#nowMs() - this.#sentAtMs > QUIET_MS
  }
}
