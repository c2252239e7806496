import { expect, test } from 'vitest'
import { clientSecrets } from '../../../src/gateway/client-secrets.ts'

test.each([
  ['what stands behind a scheme', 'Authorization', 'Bearer some-secret', 'some-secret'],
  ['a value alone', 'x-api-key', 'some-secret', 'some-secret'],
  ['a phrase', 'X-Company-Secret', 'two words', 'two words'],
  ['a value with an equals sign', 'X-Auth', 'some=secret==', 'some=secret=='],
  ['one of several cookies', 'cookie', 'theme=dark; session=some-secret', 'some-secret'],
  ['an encoded one', 'Cookie', 'session=some%2Fsecret', 'some/secret'],
  ['the password of Basic', 'Proxy-Authorization', `Basic ${btoa('me:some:secret')}`, 'some:secret'],
  [
    'a parameter of a signature',
    'Authorization',
    'AWS4-HMAC-SHA256 Credential=a, Signature=0123456789',
    '0123456789',
  ],
])('%s is a secret', (_, name, value, secret) => {
  expect(clientSecrets(['Accept', '*/*', name, value], '/v1/messages')).toContain(secret)
})

test('so is the value of a parameter, as it was sent and decoded', () => {
  expect(clientSecrets([], '/m?key=some+secret%21')).toEqual([
    'some+secret%21',
    'some+secret!',
    'some secret!',
  ])
})

test('nothing else is', () => {
  const raw = ['User-Agent', 'claude-cli/2.1.329', 'anthropic-version', '2023-06-01', 'X-Token-Kind', 'short']
  expect(clientSecrets(raw, '/v1/messages?beta=true')).toEqual([])
})
