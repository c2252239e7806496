import { splice } from '../../json/splice.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import type { EventReceiver } from '../event-splitter.ts'
import { EventSplitter } from '../event-splitter.ts'
import type { TextDelta } from '../stream-event.ts'
import { readEvent } from '../stream-event.ts'
import type { PlaceholderSearch } from './placeholder-search.ts'
import { inJson, plainly, restoreText } from './text-restorer.ts'

/** The end of a text that can be the beginning of a placeholder, and the event it came in. */
interface Held {
  readonly raw: Buffer
  readonly event: Buffer
  readonly delta: TextDelta
}

/** What a placeholder begins with, in one of its forms. */
const OPENINGS = /[<\\&]/

/**
 * Restores a message that is answered as server-sent events, event by event. Where the text of an event ends with
 * what can be the beginning of a placeholder, this end waits: it goes out at the beginning of the next text of its
 * block, and an event that has nothing else to say goes away. If no text follows, it goes out in an event of its own, made of the one
 * it came in. Everything else passes as it came: pings at once, other events behind what waits.
 */
export class EventRestorer implements AnswerTransform {
  readonly #search: PlaceholderSearch
  readonly #splitter = new EventSplitter()
  #held: Held | undefined

  constructor(search: PlaceholderSearch) {
    this.#search = search
  }

  push(chunk: Buffer): Buffer {
    const out: Buffer[] = []
    const receiver: EventReceiver = {
      onEvent: (event) => out.push(...this.#restore(event)),
      onLongPart: (part) => out.push(...this.#release(), part),
    }
    this.#splitter.push(chunk, receiver)
    return Buffer.concat(out)
  }

  end(): Buffer {
    return Buffer.concat([...this.#release(), this.#splitter.rest()])
  }

  #restore(event: Buffer): Buffer[] {
    if (!this.#held && !OPENINGS.test(event.toString('latin1'))) return [event]
    const { type, delta } = readEvent(event)
    if (type === undefined || type === 'ping') return [event]
    if (!delta) return [...this.#release(), event]
    const released = this.#continues(delta) ? [] : this.#release()
    return [...released, ...this.#restoreDelta(event, delta)]
  }

  #continues({ block, kind }: TextDelta): boolean {
    return this.#held?.delta.block === block && this.#held.delta.kind === kind
  }

  #restoreDelta(event: Buffer, delta: TextDelta): Buffer[] {
    const own = event.subarray(delta.text.start, delta.text.end)
    const raw = this.#held ? Buffer.concat([this.#held.raw, own]) : own
    const write = delta.kind === 'text_delta' ? plainly : inJson
    const { ready, held } = restoreText(raw, this.#search, write, false)
    this.#held = held.length > 0 ? { raw: held, event: Buffer.from(event), delta } : undefined
    return ready.length === 0 && held.length > 0 ? [] : [withText(event, delta, ready)]
  }

  /** Gives up waiting. */
  #release(): Buffer[] {
    const held = this.#held
    this.#held = undefined
    return held ? [withText(held.event, held.delta, held.raw)] : []
  }
}

function withText(event: Buffer, { text }: TextDelta, bytes: Buffer): Buffer {
  return Buffer.concat(splice([event], [{ ...text, bytes }]))
}
