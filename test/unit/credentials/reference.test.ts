import { describe, expect, test } from 'vitest'
import { isSecretReference, parseReference } from '../../../src/credentials/reference.ts'

test.each([
  ['auto', { scheme: 'auto' }],
  ['PASSTHROUGH', { scheme: 'passthrough' }],
  ['keychain:Work Key ✓', { scheme: 'keychain', account: 'Work Key ✓' }],
  ['keychain', { scheme: 'keychain', account: '' }],
  ['Env:TEAM_KEY', { scheme: 'env', name: 'TEAM_KEY' }],
  ['file:/run/secrets/a:b', { scheme: 'file', path: '/run/secrets/a:b' }],
  ['command:pass show x | head -1', { scheme: 'command', line: 'pass show x | head -1' }],
  ['VAULT:secret/team/claude#api_key', { scheme: 'vault', path: 'secret/team/claude', field: 'api_key' }],
  ['op://Work/Claude Key/credential', { scheme: 'op', uri: 'op://Work/Claude Key/credential' }],
  ['OP://Work/key', { scheme: 'op', uri: 'op://Work/key' }],
])('%j is understood', (text, expected) => {
  expect(parseReference(text)).toEqual(expected)
})

test.each([
  '',
  'sk-ant-api03-x',
  'https://x',
  'auto:1',
  'env:',
  'env:A B',
  'file:',
  'command:',
  'command:  ',
  'vault:path',
  'vault:-x#f',
  'vault:a b#f',
  'op:Work/key',
  'op:///key',
  'keychain:a\nb',
])('%j is none', (text) => {
  expect(parseReference(text)).toBeUndefined()
})

describe('isSecretReference', () => {
  test.each(['env:A', 'KEYCHAIN:x', 'op://a/b', 'file:~/x', 'command:x', 'vault:x'])('%s', (text) => {
    expect(isSecretReference(text)).toBe(true)
  })

  test.each(['team-a', 'https://x', 'auto', 'passthrough', 'environment:prod', 'op:x'])('not %s', (text) => {
    expect(isSecretReference(text)).toBe(false)
  })
})
