import { expect, test } from 'vitest'
import { JsonBody } from '../../../src/usage/json-body.ts'

test('finds the usage of a message that comes in pieces', () => {
  const message = {
    type: 'message',
    content: [{ type: 'text', text: '"usage":{"input_tokens":99}' }],
    model: 'claude-x',
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 1 } },
  }
  const body = bodyOf(JSON.stringify(message, null, 2))
  expect(body.findings).toMatchObject({ model: 'claude-x', stopReason: 'end_turn', usage: message.usage })
})

test.each([
  ['{"type":"message","content":[]}', 'the answer has no usage'],
  ['{"choices":[]}', 'the answer has no usage'],
  ['{"input_tokens":5}', undefined],
  ['{"data":[{"id":"claude-x"}]}', undefined],
  ['{"type":"error","error":{"type":"api_error","message":"no"}}', undefined],
])('%s misses a usage: %s', (text, reason) => {
  expect(bodyOf(text).missingReason).toBe(reason)
})

test.each(['{"type":"message"', '[]', '', 'null', '{"usage":{]}}'])('throws on %s', (text) => {
  expect(() => bodyOf(text)).toThrow(/^the answer is not/)
})

test('the error does not quote the text', () => {
  expect(() => bodyOf('{"usage":{"secret":tru}}')).toThrow(/^the answer is not valid JSON$/)
})

test('throws when it grows over the cap', () => {
  const body = new JsonBody()
  const piece = Buffer.alloc(1024 ** 2, 0x20)
  for (let count = 0; count < 8; count++) body.push(piece)
  expect(() => body.push(piece)).toThrow('over 8388608 bytes')
})

function bodyOf(text: string): JsonBody {
  const body = new JsonBody()
  for (const byte of Buffer.from(text)) body.push(Buffer.of(byte))
  body.end()
  return body
}
