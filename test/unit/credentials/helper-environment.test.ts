import { describe, expect, test } from 'vitest'
import { helperEnvironment, isInLoop } from '../../../src/credentials/helper-environment.ts'

describe('helperEnvironment', () => {
  test('leaves out the marks of a run, and nothing else', () => {
    const env = { A: '1', CLAUDE_GW_RUN_ID: 'r', CLAUDE_GW_RUN_TOKEN: 't', CLAUDE_GW_CREDENTIAL: 'auto' }
    expect(helperEnvironment(env)).toEqual({
      A: '1',
      CLAUDE_GW_CREDENTIAL: 'auto',
      CLAUDE_GW_LOOKUP_DEPTH: '1',
    })
  })

  test.each([
    ['1', '2'],
    ['', '1'],
    ['-9', '1'],
    ['x', '1'],
  ])('counts from %j to %j', (given, next) => {
    expect(helperEnvironment({ CLAUDE_GW_LOOKUP_DEPTH: given })).toEqual({ CLAUDE_GW_LOOKUP_DEPTH: next })
  })
})

test.each([
  [undefined, false],
  ['2', false],
  ['3', true],
  ['40', true],
  ['-1', false],
])('a helper at depth %j is in a loop: %j', (depth, expected) => {
  expect(isInLoop({ CLAUDE_GW_LOOKUP_DEPTH: depth })).toBe(expected)
})
