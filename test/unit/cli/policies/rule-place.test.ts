import { expect, test } from 'vitest'
import { rulePlace } from '../../../../src/cli/policies/rule-place.ts'
import { resolveConfig } from '../../../../src/config/config.ts'
import { MACHINE_SECTIONS, readSettings } from '../../../../src/config/file-settings.ts'
import { parseJsonTree } from '../../../../src/config/json-tree.ts'

const PATH = '/etc/claude-gw/config.json'
const KEY = 'policies.guard.models'

function place(document: object, env = {}) {
  const machine = readSettings(parseJsonTree(JSON.stringify(document), PATH), PATH, MACHINE_SECTIONS)
  return rulePlace(resolveConfig({}, env, { machine, notes: [] }), KEY)
}

const guard = { policies: { guard: { models: ['a'] } } }

test.each([
  ['a file that anybody goes before', guard, {}, `\`${KEY}\` (${PATH}:1)`],
  [
    'a variable',
    guard,
    { CLAUDE_GW_POLICIES_GUARD_MODELS: '["b"]' },
    `\`${KEY}\` (CLAUDE_GW_POLICIES_GUARD_MODELS)`,
  ],
  [
    'what is enforced',
    { enforced: guard },
    {},
    `\`${KEY}\` (${PATH}:1), which the administrator of this machine has fixed`,
  ],
])('the place of a rule is %s', (_, document, env, expected) => {
  expect(place(document, env)).toBe(expected)
})
