import { expect, test } from 'vitest'
import { maskDoubtfulWords } from '../../../src/credentials/doubtful-words.ts'

test.each([
  ['the key dGhpcyBpcyBhIHNlY3JldCBrZXk0Mg== is bad', 'the key [redacted] is bad'],
  ['token=s.XmpNPoi9sRhYtdKHaQhkHP6x', '[redacted]'],
  ['a1b2c3d4-e5f6-7890-abcd-ef0123456789', '[redacted]'],
  ['ab/Cd1ef/Gh2ij/Kl3mn/Op4qr', '[redacted]'],
  ['a1'.repeat(10), '[redacted]'],
  ['https://user:p@ss@host.example/a', 'https://[redacted]@host.example/a'],
  ['GET https://host.example/v1?token=abcd1234efgh5678ijkl', 'GET https://host.example/v1?[redacted]'],
  ['https://hooks.example/services/T1/B2/X1X2X3X4X5X6X7X8X9X0', 'https://hooks.example[redacted]'],
])('%j becomes %j', (text, masked) => {
  expect(maskDoubtfulWords(text)).toBe(masked)
})

test.each([
  'no such host: vault-prod-01.eu-west-1.internal.example.com',
  'https://vault-prod-01.eu-west-1.internal.example.com:8200/v1/secret/data/team2/claude',
  'open /home/User2/.nvm/versions/node/v20.20.2/lib: no such file',
  'C:\\Users\\User2\\AppData\\Local\\Programs\\op.exe',
  'No value found at secret/data/team-a/claude2-production',
  'UnrecognizedClientException at 2026-11-21T04:06:21.123Z',
  '12345678901234567890',
  'a1'.repeat(9),
])('%j stays', (text) => {
  expect(maskDoubtfulWords(text)).toBe(text)
})
