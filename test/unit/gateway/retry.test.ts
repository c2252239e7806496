import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/gateway/attempt.ts'
import {
  CONNECT_RETRY_DELAY_MS,
  refusesCredential,
  retryDelayMs,
  throttleDelayMs,
} from '../../../src/gateway/retry.ts'

const failed = (kind: Failure['kind']): Failure => ({ kind, reason: 'r' })

describe('retryDelayMs', () => {
  test.each([
    ['dead-socket', 'off', 0],
    ['dead-socket', 'connect', 0],
    ['unreachable', 'connect', CONNECT_RETRY_DELAY_MS],
    ['unreachable', '429', CONNECT_RETRY_DELAY_MS],
    ['unreachable', 'off', undefined],
    ['cut', 'connect', undefined],
    ['tls', 'connect', undefined],
    ['refused', 'connect', undefined],
    ['connect-timeout', 'connect', undefined],
    ['first-byte-timeout', 'connect', undefined],
  ] as const)('after %s with policy %s is %s', (kind, policy, expected) => {
    expect(retryDelayMs(failed(kind), 1, policy)).toBe(expected)
  })

  test('never after a second attempt', () => {
    expect(retryDelayMs(failed('dead-socket'), 2, 'connect')).toBeUndefined()
    expect(retryDelayMs(failed('unreachable'), 2, 'connect')).toBeUndefined()
  })
})

describe('throttleDelayMs', () => {
  const NOTHING = { count: 0, ms: 0 }

  test('is what the upstream asks for, and up to a quarter more', () => {
    expect(throttleDelayMs(429, { 'retry-after': '3' }, NOTHING, 0)).toBe(3000)
    expect(throttleDelayMs(429, { 'retry-after': '3' }, NOTHING, 1)).toBe(3750)
  })

  test('doubles where the upstream asks for nothing, or for a date', () => {
    const delays = [0, 1, 2, 3, 4].map((count) => throttleDelayMs(429, {}, { count, ms: 0 }, 0))
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000])
    expect(throttleDelayMs(429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, NOTHING, 0)).toBe(1000)
  })

  test('comes out of one budget of a minute and five waits', () => {
    expect(throttleDelayMs(429, { 'retry-after': '60' }, NOTHING, 0)).toBe(60_000)
    expect(throttleDelayMs(429, { 'retry-after': '60' }, NOTHING, 0.1)).toBeUndefined()
    expect(throttleDelayMs(429, { 'retry-after': '10' }, { count: 1, ms: 50_001 }, 0)).toBeUndefined()
    expect(throttleDelayMs(429, { 'retry-after': '0' }, { count: 5, ms: 0 }, 0)).toBeUndefined()
  })

  test('is only for throttled requests', () => {
    expect([200, 401, 500, 503, 529].map((status) => throttleDelayMs(status, {}, NOTHING, 0))).toEqual(
      Array(5).fill(undefined),
    )
  })
})

test('only 401 and 403 refuse a credential', () => {
  expect([200, 400, 401, 402, 403, 404, 407, 429, 500].filter(refusesCredential)).toEqual([401, 403])
})
