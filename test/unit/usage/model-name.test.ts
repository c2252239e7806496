import { expect, test } from 'vitest'
import { listedName } from '../../../src/usage/model-name.ts'

test.each([
  ['claude-opus-5-5', 'claude-opus-5-5'],
  ['claude-opus-5-5[1m]', 'claude-opus-5-5'],
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
  ['claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
  ['anthropic/claude-opus-5', 'claude-opus-5'],
  ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
  ['bedrock/global.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5'],
  ['vertex_ai/claude-opus-4-1@20250805', 'claude-opus-4-1'],
])('%s is listed as %s', (name, listed) => {
  expect(listedName(name)).toBe(listed)
})

test.each(['corp-opus', 'us.gpt-5', 'my/claude-opus-5', 'claude', 'claude-opus-5-turbo', 'gpt-5-20260101'])(
  '%s stays as it is',
  (name) => {
    expect(listedName(name)).toBe(name)
  },
)
