import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactBody } from '../../../src/exchange/body-redaction.ts'
import { secretFinder } from '../../../src/exchange/secret-finder.ts'

const SECRET = 'plain/secret+of=a credential'

function redactText(text: string, secrets = [SECRET]): { text: string; count: number } {
  const { bytes, count } = redactBody(Buffer.from(text), [secretFinder(secrets)])
  return { text: bytes.toString(), count }
}

function event(delta: object): string {
  const data = { type: 'content_block_delta', index: 0, delta }
  return `event: content_block_delta\ndata: ${JSON.stringify(data)}\n\n`
}

test('a body without a secret stays the same memory', () => {
  const bytes = Buffer.from('{"content":"[redacted] is no secret"}')
  expect(redactBody(bytes, [secretFinder([SECRET])])).toEqual({ bytes, count: 0 })
  expect(redactBody(bytes, [secretFinder([SECRET])]).bytes).toBe(bytes)
})

test('every form of a secret is masked, and nothing else changes', () => {
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    Buffer.from(`x${SECRET}y`).toString('base64'),
    Buffer.from(`xyz${SECRET}`).toString('base64url'),
  ]
  for (const form of forms) {
    const { text, count } = redactText(`{"a":"é ${form} ü"}`)
    expect(text).toMatch(/^\{"a":"é .{0,4}\[redacted\].{0,4} ü"\}$/)
    expect(count).toBe(1)
  }
})

test('a short secret is none, and of several each is masked', () => {
  expect(redactText('none none', ['none'])).toEqual({ text: 'none none', count: 0 })
  expect(redactText('a-first-one, b-other-one, a-first-one', ['a-first-one', 'b-other-one'])).toEqual({
    text: '[redacted], [redacted], [redacted]',
    count: 3,
  })
})

test('a secret that a stream has in pieces is masked, wherever it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: SECRET.length - 1 }), { maxLength: 8 }),
      fc.constantFrom('text', 'thinking', 'partial_json'),
      (cuts, kind) => {
        const bounds = [0, ...new Set(cuts.sort((a, b) => a - b)), SECRET.length]
        const pieces = bounds.slice(1).map((end, index) => SECRET.slice(bounds[index], end))
        const said = ['before ', ...pieces, ' after']
        const stream = said.map((piece) => event({ type: `${kind}_delta`, [kind]: piece })).join('')
        const { text, count } = redactText(stream)
        const events = text.split('\n\n').filter(Boolean)
        const deltas = events.map((one) => JSON.parse(one.split('\ndata: ')[1] ?? '').delta[kind])
        expect(deltas.join('')).toBe('before [redacted] after')
        expect(deltas).toHaveLength(said.length)
        expect(count).toBe(1)
      },
    ),
  )
})

test('texts of different kinds are not joined, and only those of streams are', () => {
  const halves = [SECRET.slice(0, 9), SECRET.slice(9)]
  const mixed =
    event({ type: 'text_delta', text: halves[0] }) + event({ type: 'thinking_delta', thinking: halves[1] })
  expect(redactText(mixed).count).toBe(0)
  expect(redactText(JSON.stringify({ content: halves.map((text) => ({ text })) })).count).toBe(0)
})
