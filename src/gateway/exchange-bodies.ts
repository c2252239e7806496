import type { IncomingMessage } from 'node:http'
import { reasonOf } from '../base/errors.ts'
import { redactBody } from '../exchange/body-redaction.ts'
import type { BodyReference, Outcome } from '../exchange/exchange.ts'
import type { Finder } from '../exchange/needles.ts'
import type { BodyStore, Kept } from '../log/body-store.ts'
import type { CopiedBody } from './body-copy.ts'
import { BodyCopy } from './body-copy.ts'
import type { BodyFields } from './body-fields.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { headerValue } from './header-value.ts'
import type { Task } from './when-all.ts'
import { whenAll } from './when-all.ts'

/** How the bodies of all exchanges are kept. */
export interface BodyKeeping {
  readonly store: BodyStore
  /** `errors` keeps those of exchanges whose outcome is not `ok`. */
  readonly level: 'errors' | 'full'
  /** Finds what must not be kept of an exchange. */
  readonly findersOf: (facts: ExchangeFacts) => readonly Finder[]
}

/** Sees to it that the two bodies of an exchange are kept, as they went over the side of the upstream. */
export class ExchangeBodies {
  readonly #keeping: BodyKeeping
  readonly #facts: ExchangeFacts
  #request: BodyCopy | undefined
  #requestKept: Kept | undefined
  #answer: BodyCopy | undefined

  constructor(keeping: BodyKeeping, facts: ExchangeFacts) {
    this.#keeping = keeping
    this.#facts = facts
  }

  answerBegins({ headers }: IncomingMessage): void {
    this.#answer = new BodyCopy(headers['content-encoding'], this.#keeping.store.budget)
  }

  /** A chunk of the answer, which stays the one that the client gets. */
  push(chunk: Buffer): void {
    this.#answer?.push(chunk)
  }

  /** Keeps the request ahead of the end, if it will be kept whatever that is. Takes its time: 1 ms for 1 MB. */
  keepAhead(): void {
    const { isWhole, isEncoded } = this.#facts.body
    if (this.#keeping.level !== 'full' || !isWhole || isEncoded) return
    this.#copyRequest(() => this.#keepRequest())
  }

  /** Calls `done` once, when both can be kept: at once unless one of them is compressed, after 50 ms at the latest. */
  finish(done: () => void): void {
    const answer = this.#answer
    const readRequest: Task = (onReady) => this.#copyRequest(onReady)
    const readAnswer: Task = (onReady) => answer?.finish(onReady)
    whenAll([...(this.#requestKept ? [] : [readRequest]), ...(answer ? [readAnswer] : [])], done)
  }

  /** To be asked once, when the outcome is known, in the tick in which the record is written. */
  fields(outcome: Outcome): BodyFields {
    if (this.#keeping.level === 'errors' && outcome === 'ok') {
      this.#request?.drop()
      this.#answer?.drop()
      return {}
    }
    this.#keepRequest()
    const kept = this.#answer && this.#keep(this.#answer)
    return { ...fieldsOf('request', this.#requestKept), ...fieldsOf('response', kept) }
  }

  #copyRequest(done: () => void): void {
    const { body, wasSent, rawHeaders } = this.#facts
    if (!wasSent || body.bytes === 0) {
      done()
      return
    }
    if (!body.isWhole) {
      this.#requestKept = { reason: 'the client did not send all of it' }
      done()
      return
    }
    const coding = body.isEncoded ? headerValue(rawHeaders, 'content-encoding') : undefined
    const copy = new BodyCopy(coding, this.#keeping.store.budget)
    this.#request = copy
    for (const chunk of body.chunks) copy.push(chunk)
    copy.finish(done)
  }

  #keepRequest(): void {
    if (this.#request && !this.#requestKept) this.#requestKept = this.#keep(this.#request)
  }

  #keep(copy: BodyCopy): Kept | undefined {
    const { fault } = copy
    try {
      const copied = copy.take()
      if (fault !== undefined) return { reason: fault }
      return copied && this.#store(copied)
    } catch (error) {
      return { reason: `it cannot be looked through for secrets: ${reasonOf(error)}` }
    }
  }

  #store({ bytes, decoded }: CopiedBody): Kept {
    const { store, findersOf } = this.#keeping
    const session = headerValue(this.#facts.rawHeaders, 'x-claude-code-session-id')
    const finders = findersOf(this.#facts)
    const clean = redactBody(bytes, finders)
    const cleanDecoded = decoded && redactBody(decoded, finders)
    if (!cleanDecoded || cleanDecoded.count + clean.count === 0)
      return noted(store.store(session, clean.bytes), clean.count)
    // Of one that shows a secret as it is, compressed all the same, nothing can be masked without spoiling it.
    return noted(store.store(session, cleanDecoded.bytes), cleanDecoded.count, { decoded: true })
  }
}

function noted(kept: Kept, redacted: number, more: Pick<BodyReference, 'decoded'> = {}): Kept {
  if ('reason' in kept) return kept
  return { reference: { ...kept.reference, ...(redacted > 0 && { redacted }), ...more } }
}

function fieldsOf(side: 'request' | 'response', kept: Kept | undefined): BodyFields {
  if (!kept) return {}
  if ('reference' in kept) return { [`${side}_body`]: kept.reference }
  return { [`${side}_body`]: null, [`${side}_body_reason`]: kept.reason }
}
