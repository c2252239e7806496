import { expect, test } from 'vitest'
import type { OwnSession } from '../../../../src/cli/usage/usage-comparison.ts'
import { compareSession, differenceOf } from '../../../../src/cli/usage/usage-comparison.ts'

const FIRST_MS = 1_000_000

const answers = (count: number, atMs = FIRST_MS + 1) =>
  Array.from({ length: count }, () => ({ atMs, input: 1, output: 10, cacheRead: 100, cacheWrite: 0 }))

function own(count: number, changes: Partial<OwnSession> = {}): OwnSession {
  return {
    id: 's',
    firstMs: FIRST_MS,
    broken: 0,
    unknown: 0,
    answers: count,
    input_tokens: count,
    output_tokens: count * 10,
    cache_read_input_tokens: count * 100,
    cache_creation_input_tokens: 0,
    ...changes,
  }
}

test.each([
  ['the same', own(2), answers(2), ''],
  [
    'a title',
    own(3),
    answers(2),
    '1 answer that transcripts do not hold: titles, summaries, repeated requests',
  ],
  [
    'a resumed session',
    own(1),
    [...answers(2, 1), ...answers(1)],
    '2 answers from before the gateway was in the path',
  ],
  ['another way out', own(1), answers(3), '2 answers did not come through the gateway'],
  [
    'a broken one',
    own(2, { broken: 1, output_tokens: 11 }),
    answers(2),
    '1 answer broken off, counted as far as it came',
  ],
  [
    'an unreadable one',
    own(1, { unknown: 1, output_tokens: 0 }),
    answers(1),
    '1 answer without a usage that could be read',
  ],
  ['other counts', own(1, { output_tokens: 9 }), answers(1), 'the same answers are counted differently'],
])('%s', (_what, session, transcript, reason) => {
  expect(compareSession(session, transcript)).toMatchObject({ isEqual: reason === '', reason })
})

test.each([undefined, []])('a session of failed requests alone has nothing to compare', (transcript) => {
  expect(compareSession(own(0), transcript)).toMatchObject({
    isEqual: true,
    reason: 'no answers on either side',
  })
})

test.each([
  ['only ours', own(1), undefined, /^there is no transcript/],
  ['only theirs', own(0), answers(1), /^1 answer did not come through/],
])('answers that are %s differ', (_what, session, transcript, reason) => {
  const comparison = compareSession(session, transcript)
  expect(comparison.isEqual).toBe(false)
  expect(comparison.reason).toMatch(reason)
})

test('the difference is ours less theirs', () => {
  expect(differenceOf(compareSession(own(3), answers(2)))).toEqual({
    answers: 1,
    input_tokens: 1,
    output_tokens: 10,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 0,
  })
  expect(differenceOf(compareSession(own(3), undefined))).toBeNull()
})
