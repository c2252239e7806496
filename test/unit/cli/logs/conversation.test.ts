import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conversationText } from '../../../../src/cli/logs/conversation.ts'
import { wrapText } from '../../../../src/cli/text/folded-text.ts'
import { textWidth } from '../../../../src/cli/text/text-width.ts'

const plain = (text: string) => text
const PALETTE = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain }

function show(body: object, options: { width?: number; isFull?: boolean; response?: string } = {}) {
  const { width = 60, isFull = false, response } = options
  const bodies = {
    request: Buffer.from(JSON.stringify(body)),
    ...(response !== undefined && { response: Buffer.from(response) }),
  }
  return conversationText(bodies, { palette: PALETTE, width, isFull }) ?? ''
}

function user(content: unknown) {
  return { messages: [{ role: 'user', content }] }
}

test('long texts, results and histories are folded, and unfolded', () => {
  const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n')
  const result = { type: 'tool_result', content: [{ type: 'text', text: long }], is_error: true }
  const messages = [
    ...Array.from({ length: 20 }, () => ({ role: 'user', content: 'older' })),
    { role: 'user', content: [{ type: 'text', text: long }, result] },
  ]
  const folded = show({ messages })
  expect(folded).toContain('… 15 earlier turns')
  expect(folded).toContain('    line 14\n    … 25 more lines')
  expect(folded).toContain('← error, 309 B\n      line 0')
  expect(folded).toContain('      line 3\n      … 36 more lines')
  const full = show({ messages }, { isFull: true })
  expect(full.match(/older/g)).toHaveLength(20)
  expect(full.match(/line 39/g)).toHaveLength(2)
})

test('images and what nobody knows are notes', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'x'.repeat(4000) } }
  const text = show(user([image, { type: 'novelty', a: 1 }, { type: 'redacted_thinking', data: 'x' }, 7]))
  expect(text).toContain('[image, image/png, 3.0 kB]')
  expect(text).toContain('[novelty, 24 B]')
  expect(text).toContain('[thinking that only the upstream can read]')
})

test('an error is a turn of its own', () => {
  const response = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
  expect(show(user('hi'), { response })).toContain('  error\n    overloaded_error: Overloaded')
})

test('bodies of other APIs have no conversation', () => {
  expect(show({ input: 'x' })).toBe('')
  expect(show({ messages: 'x' })).toBe('')
})

test('nothing in it acts on the terminal, and every line fits', () => {
  const anything = fc.array(
    fc.record({
      role: fc.string(),
      content: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.array(
          fc.record(
            {
              type: fc.constantFrom('text', 'thinking', 'tool_use', 'tool_result', 'image', 'other'),
              text: fc.string({ unit: 'grapheme', maxLength: 200 }),
              thinking: fc.string({ unit: 'binary' }),
              name: fc.string({ unit: 'binary', maxLength: 10 }),
              input: fc.anything(),
              content: fc.string({ unit: 'binary', maxLength: 200 }),
            },
            { requiredKeys: ['type'] },
          ),
        ),
      ),
    }),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(anything, fc.boolean(), (messages, isFull) => {
      const text = show({ messages }, { isFull })
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
    { numRuns: 300 },
  )
})

test('a text is broken between words, and a word that is too long anywhere; nothing of it is lost', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapText('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl'])
  expect(wrapText('a\n\n\tb\n', 9)).toEqual(['a', '', '  b'])
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.integer({ min: 10, max: 40 }),
      (text, width) => {
        const lines = wrapText(text, width)
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      },
    ),
  )
  const long = 'x'.repeat(2_000_000)
  expect(wrapText(long, 80).join('')).toBe(long)
})
