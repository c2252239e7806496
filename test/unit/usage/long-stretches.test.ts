import { expect, test } from 'vitest'
import { StreamBody } from '../../../src/usage/stream-body.ts'

const START = event({
  type: 'message_start',
  message: { model: 'm', usage: { input_tokens: 7, output_tokens: 1 } },
})
const DELTA = event({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'words "usage" words' },
})
const LONG = DELTA.repeat(1000)
const MESSAGE_DELTA = event({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 9 },
})
const STOP = event({ type: 'message_stop' })

test('usage in the middle of a long stretch is read', () => {
  expect(read(START + DELTA, LONG + MESSAGE_DELTA + LONG, STOP)).toMatchObject({
    usage: { input_tokens: 7, output_tokens: 9 },
    stopReason: 'end_turn',
    isComplete: true,
  })
})

test('the closing event at the end of the last long stretch is read', () => {
  expect(read(START + DELTA, MESSAGE_DELTA, LONG + STOP).isComplete).toBe(true)
})

test('an error at the end of the last long stretch is read', () => {
  const error = { type: 'overloaded_error', message: 'Overloaded' }
  expect(read(START + DELTA, LONG + event({ type: 'error', error })).error).toEqual(error)
})

test('a stream that breaks off in a long stretch is not complete', () => {
  expect(read(START + DELTA, LONG, LONG.slice(0, -40)).isComplete).toBe(false)
})

function read(...chunks: readonly string[]) {
  const body = new StreamBody()
  for (const chunk of chunks) body.push(Buffer.from(chunk), 0)
  body.end()
  return body.findings
}

function event(data: { readonly type: string; readonly [name: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
