import { expect, test } from 'vitest'
import { findOuterRun, isLoop, runDepth } from '../../../src/launch/child-gateway.ts'

const OUTER = {
  CLAUDE_GW_RUN_ID: 'run-1',
  CLAUDE_GW_RUN_PROFILE: 'work',
  CLAUDE_GW_RUN_URL: 'http://127.0.0.1:4711',
  CLAUDE_GW_RUN_UPSTREAM: '0123456789abcdef',
  CLAUDE_GW_RUN_TOKEN: 'cgw-token',
}

test('a run of the same profile is used again, also where Claude Code has hidden its token', () => {
  expect(findOuterRun(OUTER, 'work')).toEqual({
    runId: 'run-1',
    upstreamMark: '0123456789abcdef',
    gateway: { url: 'http://127.0.0.1:4711', access: { kind: 'token', token: 'cgw-token' } },
  })
})

test('without a token it is a run in path mode', () => {
  const { CLAUDE_GW_RUN_TOKEN: _, ...outer } = OUTER
  expect(findOuterRun(outer, 'work')?.gateway.access).toEqual({ kind: 'path' })
})

test('a run of another profile is none', () => {
  expect(findOuterRun(OUTER, 'home')).toBeUndefined()
})

test('outside a run there is none', () => {
  expect(findOuterRun({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4711' }, 'work')).toBeUndefined()
})

test('runs that start each other are a loop, nested ones are none', () => {
  expect(runDepth({})).toBe(1)
  expect(isLoop({ CLAUDE_GW_RUN_DEPTH: '3' })).toBe(false)
  expect(isLoop({ CLAUDE_GW_RUN_DEPTH: '8' })).toBe(true)
})
