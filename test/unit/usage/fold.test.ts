import { describe, expect, test } from 'vitest'
import { ANY_EVENT, DONE, foldBody, foldEvent, LATE_EVENT, NOTHING_FOUND } from '../../../src/usage/fold.ts'

const fold = (...events: unknown[]) => events.reduce(foldEvent, NOTHING_FOUND)
const start = (usage: unknown) => ({ type: 'message_start', message: { model: 'claude-x', usage } })
const delta = (usage: unknown) => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage })
const chunk = (members: object) => ({ object: 'chat.completion.chunk', model: 'gpt-x', ...members })

describe('usage of a message', () => {
  test('starts with message_start', () => {
    expect(fold(start({ input_tokens: 3, service_tier: 'standard' })).usage).toEqual({
      input_tokens: 3,
      service_tier: 'standard',
    })
  })

  test('is replaced by each message_delta, never added to', () => {
    const events = [
      start({ input_tokens: 3, output_tokens: 1 }),
      delta({ output_tokens: 5 }),
      delta({ output_tokens: 9 }),
    ]
    expect(fold(...events).usage).toEqual({ input_tokens: 3, output_tokens: 9 })
  })

  test('keeps what a later event leaves out or has as null', () => {
    const events = [
      start({ input_tokens: 3, cache_read_input_tokens: 7 }),
      delta({ cache_read_input_tokens: null }),
    ]
    expect(fold(...events).usage).toEqual({ input_tokens: 3, cache_read_input_tokens: 7 })
  })

  test('is replaced within nested objects too', () => {
    const cacheCreation = { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 2 }
    const events = [
      start({ cache_creation: cacheCreation }),
      delta({ cache_creation: { ephemeral_1h_input_tokens: 6 } }),
    ]
    expect(fold(...events).usage).toEqual({
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 },
    })
  })

  test('gains counters that come later, and replaces lists as a whole', () => {
    const events = [
      start({ iterations: [1, 2] }),
      delta({ iterations: [3], server_tool_use: { web_search_requests: 1 }, speed: null }),
    ]
    expect(fold(...events).usage).toEqual({
      iterations: [3],
      server_tool_use: { web_search_requests: 1 },
      speed: null,
    })
  })

  test('cannot reach a prototype', () => {
    const usage = fold(
      start(JSON.parse('{"__proto__":{"a":1}}')),
      delta(JSON.parse('{"__proto__":{"b":2}}')),
    ).usage
    expect(Object.getPrototypeOf(usage)).toBe(Object.prototype)
    expect(JSON.stringify(usage)).toBe('{"__proto__":{"a":1,"b":2}}')
  })
})

describe('a stream of messages', () => {
  test('tells model and stop reason', () => {
    expect(fold(start({}), delta({}))).toMatchObject({
      api: 'anthropic',
      model: 'claude-x',
      stopReason: 'end_turn',
    })
  })

  test('is complete with message_stop', () => {
    expect(fold(start({}), delta({})).isComplete).toBe(false)
    expect(fold(start({}), delta({}), { type: 'message_stop' }).isComplete).toBe(true)
  })

  test.each(['text_delta', 'thinking_delta', 'input_json_delta'])('has content with a %s', (type) => {
    expect(fold({ type: 'content_block_delta', index: 0, delta: { type } }).hasContent).toBe(true)
  })

  test('has no content before that', () => {
    const events = [
      start({}),
      { type: 'ping' },
      { type: 'content_block_start', content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', delta: { type: 'signature_delta', signature: 'x' } },
    ]
    expect(fold(...events).hasContent).toBe(false)
  })

  test('keeps the error and what was known before it', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    expect(fold(start({ input_tokens: 3 }), { type: 'error', error })).toMatchObject({
      api: 'anthropic',
      usage: { input_tokens: 3 },
      error,
      isComplete: false,
    })
  })
})

describe('a stream of chat completions', () => {
  const first = chunk({
    choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }],
    usage: null,
  })

  test('tells model, finish reason, usage and its end', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 2,
      completion_tokens_details: { reasoning_tokens: 1 },
    }
    const last = chunk({ choices: [{ delta: {}, finish_reason: 'stop' }] })
    expect(fold(first, last, chunk({ choices: [], usage }), DONE)).toEqual({
      api: 'openai',
      model: 'gpt-x',
      usage,
      stopReason: 'stop',
      hasContent: false,
      isComplete: true,
    })
  })

  test.each([{ content: 'a' }, { reasoning_content: 'a' }, { refusal: 'a' }, { tool_calls: [{}] }])(
    'has content with %o',
    (content) => {
      expect(fold(first).hasContent).toBe(false)
      expect(fold(first, chunk({ choices: [{ delta: content }] })).hasContent).toBe(true)
    },
  )

  test('keeps the error', () => {
    const error = { type: 'server_error', message: 'no', code: 1 }
    expect(fold(first, { error }).error).toEqual({ type: 'server_error', message: 'no' })
  })
})

describe('a body', () => {
  test('of a message', () => {
    const body = { type: 'message', model: 'claude-x', stop_reason: 'tool_use', usage: { input_tokens: 3 } }
    expect(foldBody(body)).toMatchObject({
      model: 'claude-x',
      stopReason: 'tool_use',
      usage: { input_tokens: 3 },
    })
  })

  test('of a completion', () => {
    const body = {
      model: 'gpt-x',
      choices: [{ message: {}, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3 },
    }
    expect(foldBody(body)).toMatchObject({ model: 'gpt-x', stopReason: 'stop', usage: { prompt_tokens: 3 } })
  })

  test.each([
    [
      { type: 'not_found_error', message: 'no' },
      { type: 'not_found_error', message: 'no' },
    ],
    [
      { message: 'no', code: 4 },
      { type: 'error', message: 'no' },
    ],
    [{ type: 'x' }, { type: 'x', message: '' }],
  ])('of the error %o', (error, expected) => {
    expect(foldBody({ type: 'error', error })).toMatchObject({ api: 'anthropic', error: expected })
    expect(foldBody({ error })).toMatchObject({ api: 'openai', error: expected })
  })

  test.each([{ input_tokens: 5 }, { data: [], has_more: false }, { error: null }, { choices: 1 }])(
    'of anything else: %o',
    (body) => {
      expect(foldBody(body)).toEqual(NOTHING_FOUND)
    },
  )
})

test.each([
  null,
  1,
  'text',
  [],
  {},
  { type: 'message_start' },
  { type: 'message_delta', delta: 1, usage: [] },
])('the event %j is no fault', (event) => {
  expect(fold(event).usage).toBeUndefined()
})

describe('the pattern of late events', () => {
  const found = (pattern: RegExp, text: string) => new RegExp(pattern).test(text)

  test.each([
    'data: {"type":"message_delta","usage":{}}',
    'data: {"type": "message_stop"}',
    'data: {"type":"error","error":{}}',
  ])('of messages finds %s', (text) => {
    expect(found(LATE_EVENT.anthropic, text)).toBe(true)
    expect(found(ANY_EVENT, text)).toBe(true)
  })

  test('of messages passes over what the model writes of them', () => {
    const text = JSON.stringify({ text: JSON.stringify({ type: 'message_delta', error: 1 }) })
    expect(found(LATE_EVENT.anthropic, `event: content_block_delta\ndata: ${text}`)).toBe(false)
  })

  test.each(['{"usage":{}}', '{"usage" : 1}', '{"finish_reason": "stop"}', '{"error":{}}', '[DONE]'])(
    'of completions finds %s',
    (text) => {
      expect(found(LATE_EVENT.openai, `data: ${text}`)).toBe(true)
    },
  )

  test.each(['{"usage":null,"finish_reason": null}', '{"content":"\\"usage\\":{}"}'])(
    'of completions passes over %s',
    (text) => {
      expect(found(LATE_EVENT.openai, `data: ${text}`)).toBe(false)
    },
  )
})
