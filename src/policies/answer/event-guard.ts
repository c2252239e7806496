import { peek } from '../../json/peek.ts'
import type { Span } from '../../json/scanner.ts'
import { splice } from '../../json/splice.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import type { EventReceiver } from '../event-splitter.ts'
import { EventSplitter } from '../event-splitter.ts'
import type { TextReader } from '../mask/message-texts.ts'
import { readBlock, readCitationDelta } from '../mask/message-texts.ts'
import type { StreamEvent } from '../stream-event.ts'
import { readEvent } from '../stream-event.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { HeldText } from './held-text.ts'
import { HeldTool } from './held-tool.ts'
import { guardStrings, guardText } from './string-guard.ts'
import { blockEnd, PING, textBlockStart, textEvents, UNREADABLE, withheldText } from './withheld.ts'
import { WithheldRest } from './withheld-rest.ts'

/** Claude Code gives an answer up of which it hears nothing for five minutes; pings count (measured). */
const QUIET_MS = 10_000

/**
 * Looks through a message that is answered as server-sent events. Where rules only count, every event passes at once.
 * Where they change the answer, the end of a text waits that can be the beginning of a value, and the call of a tool until it
 * is whole. Thinking passes as it came, and pings at once.
 */
export class EventGuard implements AnswerTransform, EventReceiver {
  readonly #search: AnswerSearch
  readonly #counts: AnswerCounts
  readonly #splitter = new EventSplitter()
  #out: Buffer[] = []
  readonly #nowMs: () => number
  /** When something was sent last; undefined before the first event. */
  #sentAtMs: number | undefined
  #text: HeldText | undefined
  #tool: HeldTool | undefined
  /** The block that was begun, but not ended, before the client. */
  #open: number | undefined
  #next = 0
  #outputTokens = 0
  #rest: WithheldRest | undefined
  /** After a fault, where rules only count. */
  #isBlind = false

  /** @param nowMs monotonic */
  constructor(search: AnswerSearch, counts: AnswerCounts, nowMs = () => performance.now()) {
    this.#search = search
    this.#counts = counts
    this.#nowMs = nowMs
  }

  push(chunk: Buffer): Buffer {
    this.#splitter.push(chunk, this)
    this.#attempt(() => this.#settleText(false))
    if (this.#out.length === 0 && this.#isQuiet()) this.#send(PING)
    return this.#taken()
  }

  end(): Buffer {
    const rest = this.#splitter.rest()
    // What broke off before its data is no comment that could go ahead.
    if (readEvent(rest).type === undefined) this.#attempt(() => this.#settle())
    if (rest.length > 0) this.onEvent(rest)
    this.#attempt(() => this.#settle())
    if (this.#rest) this.#send(this.#rest.end(this.#outputTokens))
    return this.#taken()
  }

  onEvent(event: Buffer): void {
    if (!this.#search.isEnforced) this.#out.push(event)
    this.#attempt(() => this.#take(event))
  }

  onLongPart(part: Buffer): void {
    if (!this.#search.isEnforced) this.#out.push(part)
    this.#attempt(() => {
      if (!this.#rest) throw new RangeError('an event is too long')
    })
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

  /** What is only counted has gone out by now. */
  #send(...events: readonly Buffer[]): void {
    if (this.#search.isEnforced) this.#out.push(...events)
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
    const { isEnforced } = this.#search
    this.#counts.add(UNREADABLE, isEnforced ? 'deny' : 'flag')
    if (isEnforced) this.#withhold(UNREADABLE)
    else this.#isBlind = true
  }

  #take(event: Buffer): void {
    const read = readEvent(event)
    if (this.#rest) {
      this.#send(...this.#rest.take(event, read))
      return
    }
    const { type } = read
    if (type === undefined || type === 'ping') this.#send(event)
    else if (type === 'content_block_delta') this.#takeDelta(event, read)
    else if (type === 'content_block_stop') this.#endBlock(event)
    else {
      this.#settle()
      if (!this.#rest) this.#takeOther(event, read)
    }
  }

  #takeOther(event: Buffer, read: StreamEvent): void {
    if (read.type === 'content_block_start') this.#beginBlock(event, read)
    else if (read.type === 'unknown') this.#takeUnknown(event)
    else {
      if (read.type === 'message_start') this.#outputTokens = outputTokens(event, read.content)
      this.#send(event)
    }
  }

  #beginBlock(event: Buffer, { block = this.#next, content }: StreamEvent): void {
    const begun = this.#guarded(event, content, readBlock)
    if (!begun) return
    const members = content && peek(event.subarray(content.start, content.end), ['type', 'text'])
    const type = members?.type?.value
    if (String(type).endsWith('tool_use')) {
      this.#tool = new HeldTool(this.#search, this.#counts, block)
      this.#tool.add(begun)
      return
    }
    if (type === 'text') this.#text = new HeldText(this.#search, this.#counts, String(members?.text?.value))
    this.#open = block
    this.#next = block + 1
    this.#send(begun)
  }

  #takeDelta(event: Buffer, { block = this.#next, delta, content }: StreamEvent): void {
    const input = delta?.kind === 'input_json_delta' ? delta.text : undefined
    if (input) this.#tool ??= new HeldTool(this.#search, this.#counts, block)
    if (this.#tool) {
      this.#tool.add(event, input)
      return
    }
    if (delta) {
      if (this.#open !== undefined && this.#open !== block) this.#settleText(true)
      if (this.#rest) return
      this.#open = block
      this.#next = Math.max(this.#next, block + 1)
      this.#text ??= new HeldText(this.#search, this.#counts)
      this.#text.add(event, delta.text)
      return
    }
    const other = this.#guarded(event, content, readCitationDelta)
    if (!other) return
    if (this.#text) this.#text.add(other)
    else this.#send(other)
  }

  #endBlock(event: Buffer): void {
    this.#tool?.add(event)
    const isTool = this.#tool !== undefined
    this.#settle()
    if (isTool || this.#rest) return
    this.#open = undefined
    this.#send(event)
  }

  /** Nothing more comes of what waits. */
  #settle(): void {
    this.#settleText(true)
    const tool = this.#tool
    this.#tool = undefined
    if (!tool || this.#rest) return
    const { events, denial } = tool.settle()
    if (denial !== undefined) this.#withhold(denial)
    else {
      this.#next = tool.block + 1
      this.#send(...events)
    }
  }

  #settleText(isWhole: boolean): void {
    const text = this.#text
    if (!text || this.#rest) return
    const { events, denial } = text.settle(isWhole)
    this.#send(...events)
    if (denial) this.#withhold(denial.rule)
    if (isWhole) this.#text = undefined
  }

  /** The event with what stands in it as whole strings masked; undefined where it is denied. */
  #guarded(event: Buffer, content: Span | undefined, read: TextReader): Buffer | undefined {
    if (!content) return event
    const { edits, denial } = guardStrings(this.#search, this.#counts, event, content.start, read)
    if (denial !== undefined) this.#withhold(denial)
    if (denial !== undefined) return undefined
    return edits.length === 0 ? event : Buffer.concat(splice([event], edits))
  }

  /** Something that is no event of the API, or broke off in its middle. */
  #takeUnknown(event: Buffer): void {
    const text = event.toString()
    const { text: guarded, denial } = guardText(this.#search, this.#counts, text)
    if (denial !== undefined) this.#withhold(denial)
    else this.#send(guarded === text ? event : Buffer.from(guarded))
  }

  /** Ends the block that is open, and says why; an empty one says it itself. */
  #withhold(rule: string): void {
    const open = this.#open
    const isEmpty = open !== undefined && this.#text !== undefined && !this.#text.hasSpoken
    if (open !== undefined && !isEmpty) this.#send(blockEnd(open))
    if (!isEmpty) this.#send(textBlockStart(this.#next))
    this.#send(textEvents(isEmpty ? open : this.#next, withheldText(rule)))
    this.#rest = new WithheldRest()
    this.#text = undefined
    this.#tool = undefined
  }
}

function outputTokens(event: Buffer, message: Span | undefined): number {
  const bytes = message ? event.subarray(message.start, message.end) : undefined
  const usage = bytes && peek(bytes, ['usage'])?.usage
  const tokens =
    usage && peek(bytes.subarray(usage.start, usage.end), ['output_tokens'])?.output_tokens?.value
  return typeof tokens === 'number' ? tokens : 0
}
