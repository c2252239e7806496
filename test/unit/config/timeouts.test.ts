import { expect, test } from 'vitest'
import { resolveConfig } from '../../../src/config/config.ts'
import { resolveTimeouts } from '../../../src/config/timeouts.ts'

function timeouts(env: Record<string, string>, apiTimeoutMs?: string) {
  return resolveTimeouts(resolveConfig({}, env).values, apiTimeoutMs)
}

test('wait a little longer than Claude Code', () => {
  expect(timeouts({})).toEqual({ connectMs: 10_000, firstByteMs: 630_000, idleMs: 360_000 })
})

test('follow its API_TIMEOUT_MS upwards', () => {
  expect(timeouts({}, '1200000').firstByteMs).toBe(1_230_000)
  expect(timeouts({}, '60000').firstByteMs).toBe(630_000)
  expect(timeouts({}, 'nonsense').firstByteMs).toBe(630_000)
})

test('are none that a timer cannot count, which would be over at once', () => {
  const longest = 2 ** 31 - 1
  const env = {
    CLAUDE_GW_TIMEOUTS_CONNECT: '99999999999d',
    CLAUDE_GW_TIMEOUTS_FIRST_BYTE: '30d',
    CLAUDE_GW_TIMEOUTS_IDLE: '30d',
  }
  expect(timeouts(env)).toEqual({ connectMs: longest, firstByteMs: longest, idleMs: longest })
  expect(timeouts({}, String(longest)).firstByteMs).toBe(longest)
})

test('cannot be set below its own timers', () => {
  const env = { CLAUDE_GW_TIMEOUTS_FIRST_BYTE: '1s', CLAUDE_GW_TIMEOUTS_IDLE: '1s' }
  expect(timeouts(env)).toMatchObject({ firstByteMs: 630_000, idleMs: 330_000 })
  expect(timeouts(env, '60000').firstByteMs).toBe(90_000)
})
