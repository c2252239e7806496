import { describe, expect, test } from 'vitest'
import { isSecretName, maskNamedSecrets, maskRandomWords } from '../../../src/exchange/likely-secret.ts'

describe.each([{ areIdsPublic: true }, { areIdsPublic: false }])('a random word, with %j', (suspicion) => {
  test.each([
    ['base64url', 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg-_x'],
    ['base64', 'aGVsbG8gd29ybGQ1234567890abc+def=='],
    ['hex', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['letters and digits', 'wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY'],
    ['a part with a prefix', 'acme_live_4eC39HqLyjWDarjtT1zdp7dc'],
  ])('is masked: %s', (_, word) => {
    expect(maskRandomWords(`no such key ${word}, sorry`, suspicion)).toBe('no such key [redacted], sorry')
  })

  test('is masked alone in a path', () => {
    expect(maskRandomWords('/v1/keys/4eC39HqLyjWDarjtT1zdp7dc/messages', suspicion)).toBe(
      '/v1/keys/[redacted]/messages',
    )
  })

  test('is the user of a URL', () => {
    expect(maskRandomWords('https://user:p@ss@host.example/a', suspicion)).toBe(
      'https://[redacted]@host.example/a',
    )
  })

  test.each([
    'messages.12.content.0.tool_result.content.1.image.source.base64.data',
    'prompt is too long: 215000 tokens > 200000 maximum',
    'connect ECONNREFUSED 127.0.0.1:8443',
    'getaddrinfo ENOTFOUND gateway-1.internal.some-company.example',
    'dangerously_allow_internal_code_execution',
    'no such host: vault-prod-01.eu-west-1.internal.example.com',
    'https://vault-prod-01.eu-west-1.internal.example.com:8200/v1/secret/data/team2/claude',
    'open /home/User2/.nvm/versions/node/v20.20.2/lib: no such file',
    'C:\\Users\\User2\\AppData\\Local\\Programs\\op.exe',
    'No value found at secret/data/team-a/claude2-production',
    'UnrecognizedClientException at 2026-11-21T04:06:21.123Z',
    '12345678901234567890',
  ])('is not in %j', (text) => {
    expect(maskRandomWords(text, suspicion)).toBe(text)
  })
})

test.each([
  'claude-sonnet-4-5-20250929',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'req_011CSHoEeqs5C35K2UUqR7Fy',
  '/v1/messages/batches/msgbatch_013Zva2CMHLNnXjNJJKqJ2EF/results',
  '9f2c1f6e-4b7d-4c2a-9e11-0a1b2c3d4e5f',
])('an id stays where ids are public, and only there: %s', (text) => {
  expect(maskRandomWords(text, { areIdsPublic: true })).toBe(text)
  expect(maskRandomWords(text)).toContain('[redacted]')
})

test.each([
  ['s.XmpNPoi9sRhYtdKHaQhkHP6x', '[redacted]'],
  ['ab/Cd1ef/Gh2ij/Kl3mn/Op4qr', '[redacted]'],
  [
    'https://hooks.example/services/T1/B2/X1X2X3X4X5X6X7X8X9X0',
    'https://hooks.example/services/T1/B2/[redacted]',
  ],
])('where nothing is public, %j becomes %j', (text, masked) => {
  expect(maskRandomWords(text)).toBe(masked)
})

test.each([
  ['password s3cret-Pass-99x is wrong', 'password [redacted] is wrong'],
  ['GET https://h.example/kv?token=hvs.CAESIJx1 403', 'GET https://h.example/kv?token=[redacted] 403'],
  ['/kv?a=b&api_key=c&d=e', '/kv?a=b&api_key=[redacted]&d=e'],
  ['invalid token correcthorsebatterystaple', 'invalid token [redacted]'],
  ['secret "Tr0ub4dor&3-corp" expired', 'secret [redacted] expired'],
  ["the password 'correct horse' is old", 'the password [redacted] is old'],
  ['{"secret": "open"}', '{"secret": [redacted]}'],
  ['{"pwd":1234}', '{"pwd":[redacted]'],
  ['DB_PASSWORD = open', 'DB_PASSWORD = [redacted]'],
  ['password: Tr0ub4dor&3', 'password: [redacted]'],
  ['the passphrase is hunter2', 'the passphrase is [redacted]'],
  ['bad auth token hunter2', 'bad auth token [redacted]'],
  ['Authorization: Bearer hunter2', 'Authorization: Bearer [redacted]'],
  ['--token hunter2', '--token [redacted]'],
])('what is named a secret is masked: %j', (text, masked) => {
  expect(maskNamedSecrets(text)).toBe(masked)
})

test.each([
  'invalid token: expired',
  'Your token has expired, log in again',
  'No auth credentials found',
  'API key not valid. Please pass a valid API key.',
  'permission denied (error code = AccessDenied, status code 403)',
  'key file /etc/claude/team.key: No such file',
  'Error 401 Unauthorized https://vault.example/v1/kv',
  'password: [redacted], sorry',
  'No value found at secret/data/team-a',
  'the author sonnet4 of keyword x9',
  '215000 tokens > 200000 maximum',
  'get-key: --file: /run/keys/claude: No such file',
])('an ordinary sentence stays: %j', (text) => {
  expect(maskNamedSecrets(text)).toBe(text)
})

test('a long text without end does not hang it', () => {
  for (const piece of ['key', 'key ', 'a-', '://', 'token="', 'A1/']) maskAll(piece.repeat(50_000))
})

test.each([
  'Authorization',
  'X-Api-Key',
  'ApiKey',
  'access_token',
  'client_secret',
  'Cookie',
  'passwd',
  'passphrase',
  'sig',
  'code',
])('%s is the name of a secret', (name) => expect(isSecretName(name)).toBe(true))

test.each(['author', 'keyword', 'beta', 'anthropic-version', 'x-claude-code-session-id', 'zipcode', 'limit'])(
  '%s is not',
  (name) => expect(isSecretName(name)).toBe(false),
)

function maskAll(text: string): string {
  return maskRandomWords(maskNamedSecrets(text))
}
