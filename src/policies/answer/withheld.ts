/** What stands in the place of what was withheld, for the one who reads it. */
export function withheldText(rule: string): string {
  if (rule === UNREADABLE) return `${WITHHELD}, because it could not be looked through (rule answer.${rule}).`
  return `${WITHHELD}, because its rule answer.${rule} found something that may not be passed on (policies.answer.detect).`
}

/** The rule by which an answer is withheld that cannot be looked through. */
export const UNREADABLE = 'unreadable'

const WITHHELD = 'claude-gw withheld the rest of this answer'

/** The block of a text. */
export function textBlock(text: string): string {
  return JSON.stringify({ type: 'text', text })
}

/** How a message ends that is withheld, as JSON: not with the call of a tool that is not in it. */
export const ENDED = { stop_reason: Buffer.from('"end_turn"'), stop_sequence: Buffer.from('null') } as const

/** A whole message in the place of one that cannot be read. */
export function withheldMessage(rule: string): Buffer {
  const content = [{ type: 'text', text: withheldText(rule) }]
  const ending = { stop_reason: 'end_turn', stop_sequence: null }
  const usage = { input_tokens: 0, output_tokens: 0 }
  return Buffer.from(
    JSON.stringify({
      id: 'msg_withheld',
      type: 'message',
      role: 'assistant',
      model: 'unknown',
      content,
      ...ending,
      usage,
    }),
  )
}

/** The events of the text of a block, without its beginning. */
export function textEvents(index: number, text: string): Buffer {
  return Buffer.concat([
    eventOf({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } }),
    blockEnd(index),
  ])
}

export function textBlockStart(index: number): Buffer {
  return eventOf({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } })
}

export function blockEnd(index: number): Buffer {
  return eventOf({ type: 'content_block_stop', index })
}

/** The end of a message that the upstream did not end. @param outputTokens undefined where they were told before */
export function messageEnd(outputTokens: number | undefined): Buffer {
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  const told = { type: 'message_delta', delta, usage: { output_tokens: outputTokens } }
  const stop = eventOf({ type: 'message_stop' })
  return outputTokens === undefined ? stop : Buffer.concat([eventOf(told), stop])
}

/** Keeps a connection alive. */
export const PING = eventOf({ type: 'ping' })

function eventOf(data: { readonly type: string; readonly [member: string]: unknown }): Buffer {
  return Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
}
