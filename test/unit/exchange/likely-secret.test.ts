import { expect, test } from 'vitest'
import { isSecretName, maskRandomWords } from '../../../src/exchange/likely-secret.ts'

test.each([
  ['base64url', 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg-_x'],
  ['base64', 'aGVsbG8gd29ybGQ1234567890abc+def=='],
  ['hex', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['letters and digits', 'wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY'],
  ['a part with a prefix', 'acme_live_4eC39HqLyjWDarjtT1zdp7dc'],
])('a random word is masked: %s', (_, word) => {
  expect(maskRandomWords(`no such key ${word}, sorry`)).toMatch(/^no such key \[redacted\]=*, sorry$/)
})

test('in a path only the random part is masked', () => {
  expect(maskRandomWords('/v1/keys/4eC39HqLyjWDarjtT1zdp7dc/messages')).toBe('/v1/keys/[redacted]/messages')
})

test.each([
  'claude-sonnet-4-5-20250929',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'req_011CSHoEeqs5C35K2UUqR7Fy',
  '/v1/messages/batches/msgbatch_013Zva2CMHLNnXjNJJKqJ2EF/results',
  '9f2c1f6e-4b7d-4c2a-9e11-0a1b2c3d4e5f',
  'messages.12.content.0.tool_result.content.1.image.source.base64.data',
  'prompt is too long: 215000 tokens > 200000 maximum',
  'connect ECONNREFUSED 127.0.0.1:8443',
  'getaddrinfo ENOTFOUND gateway-1.internal.some-company.example',
  'dangerously_allow_internal_code_execution',
])('ordinary text stays: %s', (text) => {
  expect(maskRandomWords(text)).toBe(text)
})

test.each([
  'Authorization',
  'X-Api-Key',
  'ApiKey',
  'access_token',
  'client_secret',
  'Cookie',
  'passwd',
  'sig',
  'code',
])('%s is the name of a secret', (name) => expect(isSecretName(name)).toBe(true))

test.each(['author', 'keyword', 'beta', 'anthropic-version', 'x-claude-code-session-id', 'zipcode', 'limit'])(
  '%s is not',
  (name) => expect(isSecretName(name)).toBe(false),
)
