import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { answerOf, apiErrorAnswer, headBytes, htmlErrorAnswer, wireBytes } from '../support/answer.ts'
import { recordsOf } from '../support/claude-run.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { answer, cut } from '../support/faults.ts'
import type { RecordedRequest } from '../support/recorded-request.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

const WHOLE = textAnswer('one two three four')
const HEAD = headBytes(answerOf(WHOLE)).length
const IN_FIRST_BLOCK = wireBytes(answerOf(WHOLE)).indexOf('"text":"three')
const AFTER_FIRST_BLOCK = wireBytes(answerOf(WHOLE)).indexOf('event: message_delta')

const good = answer(WHOLE)
const error = (status: number, type: string, message: string, ...headers: [string, string][]) =>
  answer(apiErrorAnswer(status, type, message, headers))

/** What the upstream does, and what then stands in the log. */
const FAULTS: readonly (readonly [name: string, faults: readonly Fault[], outcomes: readonly string[]])[] = [
  ['answers', [good], ['ok']],
  ['answers in JSON instead of a stream', [answer(), good], ['ok', 'ok']],
  ['answers 400', [error(400, 'invalid_request_error', 'bad field')], ['http_error']],
  ['answers 401', [error(401, 'authentication_error', 'unknown key')], ['http_error']],
  ['answers 401 as the API does', [error(401, 'authentication_error', 'invalid x-api-key')], ['http_error']],
  ['answers 403', [error(403, 'permission_error', 'not you')], ['http_error']],
  ['answers 404', [error(404, 'not_found_error', 'model: none')], ['http_error']],
  ['answers 413', [error(413, 'request_too_large', 'too big')], ['http_error']],
  [
    'answers 429 once',
    [error(429, 'rate_limit_error', 'slowly', ['retry-after', '1']), good],
    ['http_error', 'ok'],
  ],
  ['answers 429 for long', [error(429, 'rate_limit_error', 'slowly', ['retry-after', '61'])], ['http_error']],
  [
    'answers 429 for good',
    [error(429, 'rate_limit_error', 'no', ['x-should-retry', 'false'])],
    ['http_error'],
  ],
  ['answers 500', [error(500, 'api_error', 'oops')], ['http_error']],
  ['answers 502 in HTML', [answer(htmlErrorAnswer(502)), good], ['http_error', 'ok']],
  ['answers 529', [error(529, 'overloaded_error', 'Overloaded')], ['http_error']],
  ['hangs up before the head', [cut(WHOLE, 0, 'fin'), good], ['upstream_error', 'ok']],
  ['hangs up after the head', [cut(WHOLE, HEAD, 'fin'), good], ['truncated', 'ok']],
  ['hangs up in the first block', [cut(WHOLE, IN_FIRST_BLOCK, 'fin'), good], ['truncated', 'ok']],
  ['resets in the first block', [cut(WHOLE, IN_FIRST_BLOCK, 'rst'), good], ['truncated', 'ok']],
  // What Claude Code asks next depends on whether it read the block before the end came.
  ['hangs up after a whole block', [cut(WHOLE, AFTER_FIRST_BLOCK, 'fin', 400), good], ['truncated']],
]

test.each(FAULTS)(
  'Claude Code does the same with and without us when the upstream %s',
  async (_name, faults, outcomes) => {
    const [alone, behind] = await Promise.all([observe(runDirect, faults), observe(runThrough, faults)])
    expect(behind.seen).toEqual(alone.seen)
    const logged = recordsOf(behind.home).map((record) => record.outcome)
    expect(logged).toHaveLength(alone.seen.requests.length)
    expect(logged.slice(0, outcomes.length)).toEqual(outcomes)
  },
)

test('`retry-after` is honoured', async () => {
  const limited = error(429, 'rate_limit_error', 'slowly', ['retry-after', '2'])
  const upstream = await startMessagesUpstream(limited, good)
  await runThrough(openClaudeHome(), upstream.url, ['-p', 'hello'])
  const [first, second] = upstream.messages()
  expect((second?.headAtMs ?? 0) - (first?.headAtMs ?? 0)).toBeGreaterThanOrEqual(1990)
})

/** Everything that is to be seen of one prompt, from both sides. */
async function observe(run: typeof runDirect, faults: readonly Fault[]) {
  const upstream = await startMessagesUpstream(...faults)
  const home = openClaudeHome()
  const sessionId = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
  const args = ['-p', 'hello', '--session-id', sessionId]
  const { exitCode, stdout, stderr } = await run(home, upstream.url, args)
  const neutral = (text: string) =>
    text.replaceAll(basename(home.directory), 'HOME').replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
  const requests = upstream.messages().map((request) => describeRequest(request, neutral))
  return { home, seen: { exitCode, stdout: neutral(stdout), stderr: neutral(stderr), requests } }
}

/** A request without its credential, and without what differs from home to home: an id, and the name of the folder. */
function describeRequest(request: RecordedRequest, neutral: (text: string) => string) {
  const { method, target, headers } = request
  const varying = ['host', 'content-length', 'connection', 'authorization']
  const kept = headers.filter(([name]) => !varying.includes(name.toLowerCase()))
  const body = neutral(String(request.body)).replace(/\\"device_id\\":\\"[^"]+"/, '')
  return {
    method,
    target,
    headers: kept.map(([name, value]) => `${name}: ${value}`),
    // Parsed, so that a difference is shown in its place.
    body: JSON.parse(body),
    bodyHash: createHash('sha256').update(body).digest('hex'),
  }
}
