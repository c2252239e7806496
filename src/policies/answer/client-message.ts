import { peek } from '../../json/peek.ts'
import type { Span } from '../../json/scanner.ts'
import type { StreamEvent } from '../stream-event.ts'
import { blockEnd, textBlockStart, textEvents, withheldText } from './withheld.ts'
import { WithheldRest } from './withheld-rest.ts'

/** The message as the client has it so far: knows which block is open in it, and how to end it. */
export class ClientMessage {
  readonly #send: (event: Buffer) => void
  #open: number | undefined
  #next = 0
  #outputTokens = 0
  #rest: WithheldRest | undefined

  constructor(send: (event: Buffer) => void) {
    this.#send = send
  }

  get isWithheld(): boolean {
    return this.#rest !== undefined
  }

  isOpen(block: number): boolean {
    return this.#open === block
  }

  /** A block of which no beginning was seen. */
  opens(block: number): void {
    this.#open = block
    this.#next = Math.max(this.#next, block + 1)
  }

  /** Sends an event; of one that comes when the content is withheld, only the end of the message. */
  pass(event: Buffer, read: StreamEvent): void {
    if (this.#rest) {
      for (const piece of this.#rest.take(event, read)) this.#send(piece)
      return
    }
    if (read.type === 'content_block_start') this.opens(read.block ?? this.#next)
    if (read.type === 'content_block_stop') this.#open = undefined
    if (read.type === 'message_start') this.#outputTokens = outputTokens(event, read.content)
    this.#send(event)
  }

  passText(events: readonly Buffer[]): void {
    for (const event of events) this.#send(event)
  }

  /** A whole block. @param block its number, where it has one */
  passBlock(events: readonly Buffer[], block = this.#next): void {
    this.passText(events)
    this.#next = block + 1
  }

  /** Ends the block that is open, and says why. @param isEmpty whether that one can say it, having said nothing */
  withhold(rule: string, isEmpty: boolean): void {
    const open = this.#open
    const isOwn = open === undefined || !isEmpty
    if (open !== undefined && isOwn) this.#send(blockEnd(open))
    if (isOwn) this.#send(textBlockStart(this.#next))
    this.#send(textEvents(isOwn ? this.#next : open, withheldText(rule)))
    this.#rest = new WithheldRest()
  }

  /** Where the content is withheld, the message ends also if the upstream does not end it. */
  end(): void {
    if (this.#rest) this.#send(this.#rest.end(this.#outputTokens))
  }
}

function outputTokens(event: Buffer, message: Span | undefined): number {
  const bytes = message ? event.subarray(message.start, message.end) : undefined
  const usage = bytes && peek(bytes, ['usage'])?.usage
  const tokens =
    usage && peek(bytes.subarray(usage.start, usage.end), ['output_tokens'])?.output_tokens?.value
  return typeof tokens === 'number' ? tokens : 0
}
