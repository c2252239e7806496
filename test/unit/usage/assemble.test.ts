import { expect, test } from 'vitest'
import { eventsOf, messageOf } from '../../../src/demo/message.ts'
import { assembleAnswer } from '../../../src/usage/assemble.ts'

function stream(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join(''))
}

const START = { type: 'message_start', message: { role: 'assistant', content: [], model: 'm' } }
const block = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, fields: object) => ({ type: 'content_block_delta', index, delta: fields })

test('a JSON answer is taken as it is', () => {
  expect(assembleAnswer(Buffer.from(' {"type":"message","content":[]}'))).toEqual({
    type: 'message',
    content: [],
  })
})

test.each(['not JSON', '[]', '""', '', '{"a":'])('%s is none', (text) => {
  expect(assembleAnswer(Buffer.from(text))).toBe(undefined)
})

test('the events of a message give that message again', () => {
  const request = { model: 'claude-opus-4-8', messages: [] }
  const message = messageOf({ kind: 'text', text: 'Some words, said in pieces.' }, request, 900, 'x')
  expect(assembleAnswer(stream(...eventsOf(message)))).toMatchObject({ content: message.content })
})

test('texts, thinking and inputs of tools are joined, each with its block', () => {
  const body = stream(
    START,
    block(0, { type: 'thinking', thinking: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'first ' }),
    delta(0, { type: 'signature_delta', signature: 'x' }),
    block(1, { type: 'tool_use', name: 'Bash', input: {} }),
    delta(1, { type: 'input_json_delta', partial_json: '{"command":' }),
    delta(0, { type: 'thinking_delta', thinking: 'then' }),
    delta(1, { type: 'input_json_delta', partial_json: '"ls"}' }),
    block(2, { type: 'tool_use', name: 'None', input: {} }),
    { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
  )
  expect(assembleAnswer(body)).toEqual({
    role: 'assistant',
    model: 'm',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'first then' },
      { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
      { type: 'tool_use', name: 'None', input: {} },
    ],
  })
})

test('a stream that broke off gives what came', () => {
  const whole = stream(
    START,
    block(0, { type: 'tool_use', name: 'Bash', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '{"comm' }),
  )
  expect(assembleAnswer(whole)?.['content']).toEqual([{ type: 'tool_use', name: 'Bash', input: '{"comm' }])
  for (let end = 0; end < whole.length; end += 7)
    expect(() => assembleAnswer(whole.subarray(0, end))).not.toThrow()
})

test('an error in the stream is kept, and foreign events do no harm', () => {
  const body = stream(
    START,
    delta(7, { type: 'text_delta', text: 'of no block' }),
    block(1e9, { type: 'text', text: '' }),
    block(-1, {}),
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    { type: 'content_block_delta', index: 0, delta: 'x' },
  )
  expect(assembleAnswer(body)).toEqual({
    role: 'assistant',
    model: 'm',
    content: [],
    error: { type: 'overloaded_error', message: 'Overloaded' },
  })
})
