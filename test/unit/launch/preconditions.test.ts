import { describe, expect, test } from 'vitest'
import { parseClaudeArguments } from '../../../src/claude/arguments.ts'
import type { SettingsLayer, SettingsScope } from '../../../src/claude/layer.ts'
import { parseLayer } from '../../../src/claude/layer.ts'
import type { LaunchConditions } from '../../../src/launch/preconditions.ts'
import { checkLaunch } from '../../../src/launch/preconditions.ts'

test.each([
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_ANTHROPIC_AWS',
  'CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD',
])('%s is refused, with exit code 3', (variable) => {
  expect(() => check({ env: { [variable]: '1' } })).toThrow(
    expect.objectContaining({
      code: 'CLOUD_PROVIDER',
      exitCode: 3,
      message: expect.stringContaining(`the environment sets ${variable}`),
    }),
  )
})

test.each(['managed', 'argument', 'local', 'project', 'user'] as const)(
  'a provider in %s settings is refused, and its file named',
  (scope) => {
    expect(() => check({ layers: [layer(scope, { CLAUDE_CODE_USE_VERTEX: 'true' })] })).toThrow(
      `${scope}.json sets CLAUDE_CODE_USE_VERTEX`,
    )
  },
)

test.each(['', '0', 'false', 'no', 'off', 'OFF', ' ', 'disabled'])('%j is no', (value) => {
  expect(() => check({ env: { CLAUDE_CODE_USE_BEDROCK: value } })).not.toThrow()
})

test.each(['1', 'true', 'YES', ' on '])('%j is yes', (value) => {
  expect(() => check({ env: { CLAUDE_CODE_USE_BEDROCK: value } })).toThrow()
})

test('an empty value in a higher layer cancels that of a lower one', () => {
  const layers = [
    layer('local', { CLAUDE_CODE_USE_BEDROCK: '' }),
    layer('user', { CLAUDE_CODE_USE_BEDROCK: '1' }),
  ]
  expect(() => check({ layers, env: { CLAUDE_CODE_USE_BEDROCK: '1' } })).not.toThrow()
})

test('the gateway login of Claude Code is no cloud provider', () => {
  expect(() => check({ env: { CLAUDE_CODE_USE_GATEWAY: '1' } })).not.toThrow()
})

describe.each([['--bg', 'hello'], ['agents'], ['respawn', 'x']])('%s', (...args) => {
  test('is refused, with the way out', () => {
    expect(() => check({ args: parseClaudeArguments(args) })).toThrow(
      expect.objectContaining({
        code: 'BACKGROUND_SESSION',
        message: expect.stringContaining(`\`${args[0]}\``),
        remedy: expect.stringContaining('`claude-gw serve`'),
      }),
    )
  })

  test('is let through where a `serve` runs', () => {
    expect(() => check({ args: parseClaudeArguments(args), isServed: true })).not.toThrow()
  })
})

test('the way out names the profile', () => {
  expect(() => check({ args: parseClaudeArguments(['--bg']), profile: 'work' })).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('`claude-gw --profile work serve`') }),
  )
})

test('what talks to no API is not refused', () => {
  const conditions = { args: parseClaudeArguments(['mcp', 'list']), env: { CLAUDE_CODE_USE_BEDROCK: '1' } }
  expect(() => check(conditions)).not.toThrow()
})

function check(conditions: Partial<LaunchConditions>): void {
  checkLaunch({
    args: parseClaudeArguments(['-p', 'hello']),
    env: {},
    layers: [],
    profile: 'default',
    isServed: false,
    ...conditions,
  })
}

function layer(scope: SettingsScope, env: Readonly<Record<string, string>>): SettingsLayer {
  return parseLayer(scope, `${scope}.json`, JSON.stringify({ env }))
}
