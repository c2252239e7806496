import { describe, expect, test } from 'vitest'
import { judge, MESSAGE, MODELS } from '../../../src/cli/key-proof.ts'
import type { InquiryAnswer } from '../../../src/network/inquiry.ts'

describe('the list of models', () => {
  test.each([
    ['a list', { body: '{"data":[]}' }, { kind: 'proved' }],
    ['another success', { status: 203, body: '{}' }, { kind: 'proved' }],
    ['a page', { body: '<html>' }, { kind: 'unproved', reason: 'HTTP 200, but not in JSON' }],
    ['nothing', { status: 204 }, { kind: 'unproved', reason: 'HTTP 204, but not in JSON' }],
    ['a refusal without words', { status: 401 }, { kind: 'refused', reason: 'HTTP 401' }],
    ['no such path', { status: 404, body: '<html>' }, { kind: 'not-served', reason: 'HTTP 404' }],
    [
      'a fault of the request',
      { status: 400, body: '{"error":{"message":"no"}}' },
      { kind: 'unproved', reason: 'HTTP 400: no' },
    ],
  ])('%s', (_case, answer, verdict) => {
    expect(judge(MODELS, toAnswer(answer))).toEqual(verdict)
  })
})

describe('a message', () => {
  test.each([
    ['an answer', { body: '{"content":[]}' }, 'proved'],
    ['a fault of the request', { status: 400 }, 'proved'],
    ['a model that is not there', { status: 404, body: notFound('model: claude-haiku-4-5') }, 'proved'],
    ['another thing that is not there', { status: 404, body: notFound('Not Found') }, 'not-served'],
    ['a 404 of another kind', { status: 404, body: '{"message":"no such model"}' }, 'not-served'],
    ['a refusal', { status: 403 }, 'refused'],
    ['a page', { body: '<html>' }, 'unproved'],
    ['an outage', { status: 502 }, 'unproved'],
  ])('%s', (_case, answer, kind) => {
    expect(judge(MESSAGE, toAnswer(answer))).toMatchObject({ kind })
  })
})

test.each([
  ['of the API', '{"type":"error","error":{"type":"authentication_error","message":"no"}}', 'HTTP 401: no'],
  ['as a text', '{"error":"no"}', 'HTTP 401: no'],
  ['without an envelope', '{"message":"no"}', 'HTTP 401: no'],
  ['of another form', '{"error":{"message":{}}}', 'HTTP 401'],
  ['in a list', '["no"]', 'HTTP 401'],
  ['cut off', '{"error":{"mess', 'HTTP 401'],
])('the reason is in an error %s', (_case, body, reason) => {
  expect(judge(MODELS, toAnswer({ status: 401, body }))).toEqual({ kind: 'refused', reason })
})

test.each([
  ['https://login.example/x?key=1', 'it redirects to https://login.example'],
  ['/elsewhere', 'it redirects to another path'],
])('a redirect to %s is named by its origin', (location, words) => {
  expect(judge(MODELS, toAnswer({ status: 302, location }))).toEqual({
    kind: 'unproved',
    reason: `HTTP 302, ${words}`,
  })
})

function toAnswer(parts: Partial<InquiryAnswer>): InquiryAnswer {
  return { status: 200, location: undefined, body: '', ...parts }
}

function notFound(message: string): string {
  return JSON.stringify({ type: 'error', error: { type: 'not_found_error', message } })
}
