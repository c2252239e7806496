import { expect, test } from 'vitest'
import { claudeEnvironment } from '../../../../src/cli/upstream/claude-environment.ts'

const sources = {
  env: { A: 'process', B: 'process', C: 'process' },
  userEnv: { B: 'user', C: 'user' },
  managedEnv: { C: 'managed' },
}

test('managed settings go before the user’s, and those before the process', () => {
  expect(claudeEnvironment(sources).env).toEqual({ A: 'process', B: 'user', C: 'managed' })
})

test.each([
  ['A', 'A'],
  ['B', 'user settings of Claude Code, env.B'],
  ['C', 'managed settings of Claude Code, env.C'],
])('%s stands in: %s', (variable, origin) => {
  expect(claudeEnvironment(sources).originOf(variable)).toBe(origin)
})
