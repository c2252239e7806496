import { describe, expect, test } from 'vitest'
import { judge, MESSAGE, MODELS } from '../../../../src/cli/setup/key-proof.ts'
import type { InquiryAnswer } from '../../../../src/network/inquiry.ts'

const NOT_OURS = 'HTTP 200, but not what the API would answer'

describe('the list of models', () => {
  test.each([
    ['a list', { body: '{"data":[]}' }, { kind: 'proved' }],
    ['another success', { status: 203, body: '{"data":[{}]}' }, { kind: 'proved' }],
    ['no list', { body: '{"data":{}}' }, { kind: 'unproved', reason: NOT_OURS }],
    ['a page', { body: '<html>' }, { kind: 'unproved', reason: NOT_OURS }],
    [
      'an error with the status of a success',
      { body: '{"error":{"message":"invalid api key"}}' },
      { kind: 'unproved', reason: 'HTTP 200: invalid api key' },
    ],
    ['a refusal without words', { status: 401 }, { kind: 'refused', reason: 'HTTP 401' }],
    [
      'no such path, as AWS says it',
      { status: 403, body: '{"message":"Missing Authentication Token"}' },
      { kind: 'open', reason: 'HTTP 403: Missing Authentication Token' },
    ],
    ['no such path', { status: 404, body: '<html>' }, { kind: 'open', reason: 'HTTP 404' }],
    ['a rate limit', { status: 429 }, { kind: 'unproved', reason: 'HTTP 429, try again later' }],
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
    ['an answer of another kind', { body: '{}' }, 'unproved'],
    ['a success with an error', { body: '{"error":{"message":"invalid api key"}}' }, 'unproved'],
    ['a fault of the request', { status: 400, body: fault('model: unknown') }, 'proved'],
    ['a fault of a parameter', { status: 400, body: fault('max_tokens: too small') }, 'proved'],
    ['a fault without words', { status: 400 }, 'unproved'],
    ['a fault of the key', { status: 400, body: fault('API key not valid.') }, 'unproved'],
    ['a fault of the credentials', { status: 400, body: fault('bad Credentials') }, 'unproved'],
    ['a fault of another type', { status: 400, body: apiError('INVALID_ARGUMENT', 'no') }, 'unproved'],
    ['a model that is not there', { status: 404, body: notFound('model: claude-haiku-4-5') }, 'proved'],
    ['another thing that is not there', { status: 404, body: notFound('Not Found') }, 'unproved'],
    ['a 404 of another kind', { status: 404, body: '{"message":"no such model"}' }, 'unproved'],
    ['a refusal', { status: 401 }, 'refused'],
    ['a ban', { status: 403 }, 'refused'],
    ['a rate limit', { status: 429, body: apiError('rate_limit_error', 'slow down') }, 'unproved'],
    ['an overload', { status: 529 }, 'unproved'],
    ['a page', { body: '<html>' }, 'unproved'],
    ['an outage', { status: 502 }, 'unproved'],
  ])('%s', (_case, answer, kind) => {
    expect(judge(MESSAGE, toAnswer(answer))).toMatchObject({ kind })
  })

  test('that comes too often says to try later', () => {
    const body = apiError('overloaded_error', 'Overloaded')
    expect(judge(MESSAGE, toAnswer({ status: 529, body }))).toMatchObject({
      reason: 'HTTP 529, try again later: Overloaded',
    })
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
  return apiError('not_found_error', message)
}

function fault(message: string): string {
  return apiError('invalid_request_error', message)
}

function apiError(type: string, message: string): string {
  return JSON.stringify({ type: 'error', error: { type, message } })
}
