import { expect, test } from 'vitest'
import { modelsInUse } from '../../../../src/cli/upstream/models-in-use.ts'
import { resolveConfig } from '../../../../src/config/config.ts'

const OWN = { asked: 'claude-opus-5-5', sent: 'claude-opus-5-5', isOwnChoice: true }

function inUse(env: Record<string, string>, { model, aliases = '{}', chosen }: Case = {}) {
  const sources = { env, managedEnv: {}, userEnv: {}, ...(model && { model }) }
  return modelsInUse(resolveConfig({}, { CLAUDE_GW_MODELS_ALIASES: aliases }), sources, chosen)
}

interface Case {
  readonly model?: string
  readonly aliases?: string
  readonly chosen?: string
}

test('are the cheapest, to ask other things, and the one that Claude Code begins with', () => {
  expect(inUse({})).toEqual([
    { asked: 'claude-haiku-4-5', sent: 'claude-haiku-4-5', isOwnChoice: false },
    OWN,
  ])
})

test.each([
  ['a variable', { ANTHROPIC_MODEL: 'corp-opus[1m]' }, {}, ['corp-opus']],
  ['a variable with a short name', { ANTHROPIC_MODEL: 'sonnet' }, {}, ['claude-haiku-4-5']],
  ['settings', {}, { model: 'corp-opus' }, ['corp-opus']],
  ['settings with a short name', {}, { model: 'sonnet' }, ['claude-haiku-4-5']],
  ['`--model`', {}, { chosen: 'corp-opus' }, ['corp-opus']],
])('what Claude Code begins with may be told by %s', (_, env, more, names) => {
  expect(inUse(env, more).map(({ asked }) => asked)).toEqual(names)
})

test('an alias is asked for as well, by the name that is sent', () => {
  expect(inUse({}, { aliases: '{"fast":"corp-haiku"}' })).toEqual([
    { asked: 'fast', sent: 'corp-haiku', isOwnChoice: false },
    OWN,
  ])
  expect(inUse({}, { aliases: '{"claude-opus-5-5":"corp-opus"}' })).toEqual([
    { asked: 'claude-opus-5-5', sent: 'corp-opus', isOwnChoice: false },
  ])
})
