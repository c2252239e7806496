import { peek } from '../../json/peek.ts'
import type { Span } from '../../json/scanner.ts'
import { splice } from '../../json/splice.ts'
import type { TextReader } from '../mask/message-texts.ts'
import { readBlock, readCitationDelta } from '../mask/message-texts.ts'
import type { StreamEvent } from '../stream-event.ts'
import { readEvent } from '../stream-event.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { ClientMessage } from './client-message.ts'
import { HeldText } from './held-text.ts'
import { HeldTool } from './held-tool.ts'
import { guardStrings, guardText } from './string-guard.ts'

/**
 * Follows the events of a message. The end of a text waits that can be the beginning of a value, and the call of a tool
 * until it is whole. Thinking passes as it came, and pings at once.
 */
export class MessageGuard {
  readonly #search: AnswerSearch
  readonly #counts: AnswerCounts
  readonly #client: ClientMessage
  #text: HeldText | undefined
  #tool: HeldTool | undefined

  /** @param send gets what may go out; a view of what was given to `take`, or bytes of its own */
  constructor(search: AnswerSearch, counts: AnswerCounts, send: (event: Buffer) => void) {
    this.#search = search
    this.#counts = counts
    this.#client = new ClientMessage(send)
  }

  get isWithheld(): boolean {
    return this.#client.isWithheld
  }

  take(event: Buffer): void {
    const read = readEvent(event)
    const { type } = read
    if (this.isWithheld || type === undefined || type === 'ping') this.#client.pass(event, read)
    else if (type === 'content_block_delta') this.#takeDelta(event, read)
    else if (type === 'content_block_stop') this.#endBlock(event, read)
    else {
      this.settle()
      if (this.isWithheld) this.#client.pass(event, read)
      else if (type === 'content_block_start') this.#beginBlock(event, read)
      else if (type === 'unknown') this.#takeUnknown(event)
      else this.#client.pass(event, read)
    }
  }

  /** What came so far may be looked at. */
  settleSoFar(): void {
    this.#settleText(false)
  }

  /** Nothing more comes of what waits. */
  settle(): void {
    this.#settleText(true)
    const tool = this.#tool
    this.#tool = undefined
    if (!tool || this.isWithheld) return
    const { events, denial } = tool.settle()
    if (denial === undefined) this.#client.passBlock(events, tool.block)
    else this.withhold(denial)
  }

  end(): void {
    this.settle()
    this.#client.end()
  }

  /** Nothing more of the content goes out, nor what waits. @param rule by which */
  withhold(rule: string): void {
    this.#client.withhold(rule, this.#text !== undefined && !this.#text.hasSpoken)
    this.#text = undefined
    this.#tool = undefined
  }

  #beginBlock(event: Buffer, read: StreamEvent): void {
    const { content } = read
    const begun = this.#guarded(event, content, readBlock)
    if (!begun) return
    const members = content && peek(event.subarray(content.start, content.end), ['type', 'text'])
    const type = members?.type?.value
    if (String(type).endsWith('tool_use')) {
      this.#tool = new HeldTool(this.#search, this.#counts, read.block)
      this.#tool.add(begun)
      return
    }
    if (type === 'text') this.#text = new HeldText(this.#search, this.#counts, String(members?.text?.value))
    this.#client.pass(begun, read)
  }

  #takeDelta(event: Buffer, read: StreamEvent): void {
    const { delta } = read
    const input = delta?.kind === 'input_json_delta' ? delta.text : undefined
    if (input) this.#tool ??= new HeldTool(this.#search, this.#counts, read.block)
    if (this.#tool) this.#tool.add(event, input)
    else if (delta) this.#takeText(event, delta.text, delta.block)
    else this.#takeOtherDelta(event, read)
  }

  #takeText(event: Buffer, text: Span, block: number): void {
    if (!this.#client.isOpen(block)) {
      this.#settleText(true)
      if (this.isWithheld) return
      this.#client.opens(block)
    }
    this.#text ??= new HeldText(this.#search, this.#counts)
    this.#text.add(event, text)
  }

  /** What is cited stands there whole. */
  #takeOtherDelta(event: Buffer, read: StreamEvent): void {
    const other = this.#guarded(event, read.content, readCitationDelta)
    if (!other) return
    if (this.#text) this.#text.add(other)
    else this.#client.pass(other, read)
  }

  #endBlock(event: Buffer, read: StreamEvent): void {
    const tool = this.#tool
    tool?.add(event)
    this.settle()
    if (!tool) this.#client.pass(event, read)
  }

  #settleText(isWhole: boolean): void {
    const text = this.#text
    if (!text || this.isWithheld) return
    const { events, denial } = text.settle(isWhole)
    this.#client.passText(events)
    if (denial) this.withhold(denial.rule)
    else if (isWhole) this.#text = undefined
  }

  /** The event with what stands in it as whole strings masked; undefined where it is denied. */
  #guarded(event: Buffer, content: Span | undefined, read: TextReader): Buffer | undefined {
    if (!content) return event
    const { edits, denial } = guardStrings(this.#search, this.#counts, event, content.start, read)
    if (denial === undefined) return edits.length === 0 ? event : Buffer.concat(splice([event], edits))
    this.#settleText(true)
    if (!this.isWithheld) this.withhold(denial)
    return undefined
  }

  /** Something that is no event of the API, or broke off in its middle. */
  #takeUnknown(event: Buffer): void {
    const text = event.toString()
    const { text: guarded, denial } = guardText(this.#search, this.#counts, text)
    if (denial === undefined) this.#client.passText([guarded === text ? event : Buffer.from(guarded)])
    else this.withhold(denial)
  }
}
