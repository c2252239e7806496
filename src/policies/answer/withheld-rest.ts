import { peek } from '../../json/peek.ts'
import type { Edit } from '../../json/splice.ts'
import { splice } from '../../json/splice.ts'
import type { StreamEvent } from '../stream-event.ts'
import { ENDED, messageEnd } from './withheld.ts'

/**
 * What still passes of a stream of which the content is withheld from here on: pings, and the end of the message with
 * the usage that the upstream tells.
 */
export class WithheldRest {
  #hasDelta = false
  #hasStop = false

  take(event: Buffer, { type, content }: StreamEvent): Buffer[] {
    if (type === undefined || type === 'ping') return [event]
    if (type === 'message_stop') this.#hasStop = true
    if (type !== 'message_delta') return type === 'message_stop' ? [event] : []
    this.#hasDelta = true
    return content ? splice([event], endings(event, content.start, content.end)) : [event]
  }

  /** What the upstream left out. @param outputTokens as far as they are known */
  end(outputTokens: number): Buffer {
    if (this.#hasStop) return Buffer.alloc(0)
    return messageEnd(this.#hasDelta ? undefined : outputTokens)
  }
}

function endings(bytes: Buffer, start: number, end: number): Edit[] {
  const members = peek(bytes.subarray(start, end), ['stop_reason', 'stop_sequence'])
  return (['stop_reason', 'stop_sequence'] as const)
    .flatMap((name) => {
      const member = members?.[name]
      if (!member || member.value === null) return []
      return [{ start: start + member.start, end: start + member.end, bytes: ENDED[name] }]
    })
    .sort((left, right) => left.start - right.start)
}
