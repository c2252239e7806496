import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from '../../../src/exchange/redact.ts'

const SECRET = 'gateway-key/9f+3c=21ab'

test('a text without a secret is returned as it is', () => {
  const line = '{"path":"/v1/messages","n":1.50}\n'
  expect(redact(line, [SECRET])).toEqual({ text: line, count: 0 })
})

test.each([
  ['as it is', SECRET],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['percent-encoded in lower case', encodeURIComponent(SECRET).toLowerCase()],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ['base64 behind a user name', Buffer.from(`me:${SECRET}`).toString('base64')],
  ['base64 behind a longer user name', Buffer.from(`you:${SECRET}:x`).toString('base64')],
])('a known secret is masked: %s', (_, form) => {
  const { text, count } = redact(`key ${form} end`, [SECRET])
  expect(count).toBe(1)
  expect(text).toMatch(/^key \S{0,8}\[redacted\]\S{0,6} end$/)
})

test.each([
  ['an Anthropic key', `sk-ant-api03-${'a1-_'.repeat(8)}`],
  ['a key of another vendor', `sk-proj-${'a1B2'.repeat(6)}`],
  ['an AWS access key id', `AKIA${'A1B2'.repeat(4)}`],
  ['a GitHub token', `ghp_${'a1B2'.repeat(9)}`],
  ['a fine-grained GitHub token', `github_pat_${'a1B2_'.repeat(6)}`],
  ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----'],
  ['a private key that was cut', '-----BEGIN PRIVATE KEY-----\nMIIE\nabcd'],
])('a secret nobody told us of is masked: %s', (_, secret) => {
  expect(redact(`before ${secret}`, []).text).toBe('before [redacted]')
  expect(JSON.parse(redact(JSON.stringify({ a: `before ${secret}` }), []).text)).toEqual({
    a: 'before [redacted]',
  })
})

test('a secret at the start of a line within a JSON string is masked', () => {
  const line = JSON.stringify({ a: `first\nsk-proj-${'a1B2'.repeat(6)}` })
  expect(redact(line, [])).toEqual({ text: '{"a":"first\\n[redacted]"}', count: 1 })
})

test('what follows Bearer is masked, Bearer stays', () => {
  expect(redact('authorization: Bearer abcdefghijklmnop0123', []).text).toBe(
    'authorization: Bearer [redacted]',
  )
})

test.each([
  'Bearer authentication required',
  'a task-based approach to risk-management-of-some-kind',
  'claude-sonnet-4-5-20250929',
  'req_011CSHoEeqs5C35K2UUqR7Fy',
])('ordinary text stays: %s', (text) => {
  expect(redact(text, [])).toEqual({ text, count: 0 })
})

test('a placeholder that is too short to be a secret does not spoil other words', () => {
  expect(redact('none of this', ['none', ''])).toEqual({ text: 'none of this', count: 0 })
})

test('a secret that holds another one is masked whole', () => {
  expect(redact('abcdefgh-and-more', ['abcdefgh', 'abcdefgh-and-more']).text).toBe('[redacted]')
})

test('every occurrence counts', () => {
  expect(redact(`{"a":"${SECRET}","b":["${SECRET} ${SECRET}"]}`, [SECRET]).count).toBe(3)
})

test('what was masked before counts', () => {
  expect(redact('{"a":"[redacted]"}', [])).toEqual({ text: '{"a":"[redacted]"}', count: 1 })
  expect(redact(`{"a":"[redacted]","b":"${SECRET}"}`, [SECRET]).count).toBe(2)
})

test('a number is never touched, a string with the same digits is', () => {
  expect(redact('{"n":12345678,"s":"12345678"}\n', ['12345678'])).toEqual({
    text: '{"n":12345678,"s":"[redacted]"}\n',
    count: 1,
  })
})

test('no secret is left in a JSON line, and the line stays JSON', () => {
  const secret = fc.string({ minLength: 6, unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), fc.jsonValue(), (key, before, after, other) => {
      const line = `${JSON.stringify({ text: before + key + after, [key]: 1, other })}\n`
      const { text, count } = redact(line, [key])
      const masked = JSON.parse(text) as { text: string }
      expect(masked.text).not.toContain(key)
      expect(Object.keys(masked)).not.toContain(key)
      expect(count).toBeGreaterThanOrEqual(2)
      expect(text.endsWith('}\n')).toBe(true)
    }),
  )
})
