import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/gateway/attempt.ts'
import { CONNECT_RETRY_DELAY_MS, refusesCredential, retryDelayMs } from '../../../src/gateway/retry.ts'

const failed = (kind: Failure['kind']): Failure => ({ kind, reason: 'r' })

describe('retryDelayMs', () => {
  test.each([
    ['dead-socket', 'off', 0],
    ['dead-socket', 'connect', 0],
    ['unreachable', 'connect', CONNECT_RETRY_DELAY_MS],
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

test('only 401 and 403 refuse a credential', () => {
  expect([200, 400, 401, 402, 403, 404, 407, 429, 500].filter(refusesCredential)).toEqual([401, 403])
})
