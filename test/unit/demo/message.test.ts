import { describe, expect, test } from 'vitest'
import { eventsOf, messageOf } from '../../../src/demo/message.ts'

const FIRST = { model: 'claude-opus-4-8', messages: [{ role: 'user', content: 'hello' }] }
const LATER = { ...FIRST, messages: [...FIRST.messages, { role: 'assistant', content: 'hello' }] }
const TEXT = { kind: 'text', text: 'one two  three' } as const
const TOOL = { kind: 'tool', text: 'now', name: 'Bash', input: { command: 'echo a b' } } as const

describe('the usage of an answer', () => {
  test('has a long first prompt written to the cache, and read from it later', () => {
    const first = messageOf(TEXT, FIRST, 5000, '1').usage
    const later = messageOf(TEXT, LATER, 5000, '2').usage
    expect(first.cache_creation_input_tokens).toBeGreaterThan(4000)
    expect(first.cache_read_input_tokens).toBe(0)
    expect(later.cache_creation_input_tokens).toBe(0)
    expect(later.cache_read_input_tokens).toBe(first.cache_creation_input_tokens)
  })

  test.each([10, 5000])('adds up to the prompt of %i tokens', (promptTokens) => {
    const { usage } = messageOf(TEXT, LATER, promptTokens, '1')
    expect(usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens).toBe(
      promptTokens,
    )
  })
})

describe('the stream of an answer', () => {
  test('follows the grammar of the API', () => {
    const types = eventsOf(messageOf(TOOL, FIRST, 10, '1')).map(({ type }) => type)
    const block = /content_block_start (content_block_delta )+content_block_stop /.source
    expect(`${types.join(' ')} `).toMatch(
      new RegExp(`^message_start ping (${block}){2}message_delta message_stop $`),
    )
  })

  test('has the text of the answer in its deltas, to the letter', () => {
    const deltas = eventsOf(messageOf(TEXT, FIRST, 10, '1')).map(({ delta }) => delta as { text?: string })
    expect(deltas.map((delta) => delta?.text ?? '').join('')).toBe(TEXT.text)
  })

  test('has the input of the tool in its deltas', () => {
    const deltas = eventsOf(messageOf(TOOL, FIRST, 10, '1')).map(
      ({ delta }) => delta as { partial_json?: string },
    )
    expect(JSON.parse(deltas.map((delta) => delta?.partial_json ?? '').join(''))).toEqual(TOOL.input)
  })

  test('begins with preliminary output tokens and ends with all of them', () => {
    const message = messageOf(TEXT, FIRST, 10, '1')
    const events = eventsOf(message)
    expect(events[0]).toMatchObject({
      message: { content: [], stop_reason: null, usage: { output_tokens: 1 } },
    })
    expect(events.at(-2)).toMatchObject({ usage: message.usage, delta: { stop_reason: 'end_turn' } })
  })
})
