import { expect, test } from 'vitest'
import { parseLayer } from '../../../src/claude/layer.ts'

test('variables, helper and login pins are read', () => {
  const document = {
    env: { TEXT: 'a', NUMBER: 1, SWITCH: true, NOTHING: null, LIST: [] },
    apiKeyHelper: 'print-key',
    forceLoginMethod: 'claudeai',
    forceLoginOrgUUID: ['a', 'b'],
  }
  expect(parseLayer('managed', 'file', JSON.stringify(document))).toEqual({
    scope: 'managed',
    origin: 'file',
    document,
    env: { TEXT: 'a', NUMBER: '1', SWITCH: 'true' },
    apiKeyHelper: 'print-key',
    forceLoginMethod: 'claudeai',
    forceLoginOrgUUID: '["a","b"]',
  })
})

test('a byte order mark is no part of the JSON', () => {
  expect(parseLayer('user', 'file', '\uFEFF{"env":{"A":"b"}}').env).toEqual({ A: 'b' })
})

test('an empty file is empty settings', () => {
  expect(parseLayer('user', 'file', '').unreadable).toBeUndefined()
})

test.each(['{"env":', '// comment\n{}', '[]', '"text"'])('%j is unreadable, and no error', (text) => {
  const layer = parseLayer('managed', 'file', text)
  expect(layer).toMatchObject({ env: {}, document: {} })
  expect(layer.unreadable).toMatch(/^it is no (valid JSON|JSON object)$/)
})

test('a policy that a program computes cannot be known', () => {
  expect(parseLayer('managed', 'file', '{"policyHelper":{"path":"/x"}}').unreadable).toContain('policyHelper')
  expect(parseLayer('user', 'file', '{"policyHelper":{"path":"/x"}}').unreadable).toBeUndefined()
})
