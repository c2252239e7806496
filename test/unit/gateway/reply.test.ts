import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { errorReply, warmUpReply } from '../../../src/gateway/reply.ts'

test('is an error in the envelope of the API, with the remedy', () => {
  const { status, body, headers } = errorReply(new GatewayError('BODY_TOO_LARGE', { limit: 5 }))
  expect(status).toBe(413)
  expect(JSON.parse(body)).toEqual({
    type: 'error',
    error: { type: 'request_too_large', message: expect.stringMatching(/^claude-gw: .*\(5 bytes\)\. Raise/) },
  })
  expect(headers).toEqual([
    'content-type',
    'application/json',
    'content-length',
    String(Buffer.byteLength(body)),
    'x-should-retry',
    'false',
  ])
})

test('leaves Claude Code to try again where that can help', () => {
  const { headers } = errorReply(new GatewayError('UPSTREAM_UNREACHABLE', { upstream: 'u', reason: 'é' }))
  expect(headers).not.toContain('x-should-retry')
})

test('says how long to wait, in whole seconds, where that is known', () => {
  const { status, headers, body } = errorReply(new GatewayError('LIMIT_PACE', { retryAfterSeconds: 12 }))
  expect(status).toBe(429)
  expect(headers.slice(-2)).toEqual(['retry-after', '12'])
  expect(JSON.parse(body).error.type).toBe('rate_limit_error')
})

test('the answer to a warm-up names nothing but the proof that was asked for', () => {
  expect(warmUpReply(undefined)).toEqual({ status: 200, headers: ['content-length', '0'], body: '' })
  expect(warmUpReply('p').headers).toEqual(['content-length', '0', 'x-claude-gw-proof', 'p'])
})
