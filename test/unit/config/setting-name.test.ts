import { describe, expect, test } from 'vitest'
import { parseSettingName } from '../../../src/config/setting-name.ts'
import { parseSettingValue } from '../../../src/config/setting-value.ts'

describe('parseSettingName', () => {
  test.each([
    ['upstream', { key: 'upstream', names: ['upstream'] }],
    ['timeouts.firstByte', { key: 'timeouts.firstByte', names: ['timeouts', 'firstByte'] }],
    ['tags', { key: 'tags', names: ['tags'] }],
    ['tags.project', { key: 'tags', entry: 'project', names: ['tags', 'project'] }],
    [
      'models.aliases.claude-3.5',
      { key: 'models.aliases', entry: 'claude-3.5', names: ['models', 'aliases', 'claude-3.5'] },
    ],
    ['profiles.work.auth', { key: 'auth', profile: 'work', names: ['profiles', 'work', 'auth'] }],
    [
      'profiles.a.b.headers.X-A',
      { key: 'headers', entry: 'X-A', profile: 'a.b', names: ['profiles', 'a.b', 'headers', 'X-A'] },
    ],
  ])('%s', (text, expected) => {
    expect(parseSettingName(text)).toEqual(expected)
  })

  test.each([
    ['upstraem', 'did you mean `upstream`?'],
    ['profiles.work.upstraem', 'did you mean `profiles.work.upstream`?'],
    ['baseUrl', 'no key `baseUrl`; here it is called `upstream`'],
    ['profiles.work.model_aliases', 'here it is called `models.aliases`'],
    ['apiKey', 'a key stands in no file: `claude-gw login` stores it'],
    ['modelAliases.claude-opus-5-5', 'here it is called `models.aliases`'],
    ['profiles.my.work.base-url', 'here it is called `upstream`'],
    ['profiles.my.work.auht', 'did you mean `profiles.my.work.auth`?'],
    ['profiles', 'a key in a profile is named like `profiles.work.upstream`'],
    ['profiles.work', 'no key `profiles.work`; a key in a profile is named like'],
    ['profiles.work.profile', 'a profile chooses no other'],
    ['tls', '; below it are `tls.ca`, `tls.cert`, `tls.key`, `tls.passphrase`'],
    ['policies', '; below it are `policies.limits`, `policies.patterns`,'],
    ['profiles.my.work.policies.mask', 'below it are `profiles.my.work.policies.mask.detect`,'],
    ['profiles.__proto__.auth', 'no key'],
    ['timeouts', 'no key `timeouts`'],
    ['auth.x', 'no key'],
    ['', 'no key'],
  ])('%j is none', (text, message) => {
    expect(() => parseSettingName(text)).toThrow(message)
  })
})

describe('parseSettingValue', () => {
  test.each([
    ['allowHttp', 'true', true],
    ['timeouts.connect', '5s', '5s'],
    ['tags', '{"a":"1"}', { a: '1' }],
    ['tags.a', '1', '1'],
    ['headers.X-Key', 'keychain:team', 'keychain:team'],
    ['profiles.work.credential', 'keychain:', 'keychain:'],
  ])('%s %s', (name, text, expected) => {
    expect(parseSettingValue(parseSettingName(name), text)).toEqual(expected)
  })

  test.each([
    ['allowHttp', 'yes', '`true` or `false`'],
    ['tags.__proto__', 'x', '`tags.__proto__` must be'],
    ['headers.Host', 'x', '`headers.Host` must be'],
    ['tags', 'x', 'a JSON object'],
  ])('%s cannot be %s', (name, text, message) => {
    expect(() => parseSettingValue(parseSettingName(name), text)).toThrow(message)
  })

  test.each([
    ['credential', 'sk-ant-api03-abcdefghij'],
    ['credential', 'hunter2'],
    ['headers', '{"Authorization": "hunter2"}'],
    ['headers.x-api-key', 'hunter2'],
    ['proxy', 'http://me:hunter2@proxy.example'],
    ['policies.decorators.pw', '{"text":"see https://me:hunter2@x.example/a"}'],
    ['policies.decorators', '{"pw":{"text":"use sk-ant-api03-abcdefghij"}}'],
    ['policies.limits.rules.a', '{"usd":1,"per":"day","match":{"model":"sk-ant-api03-abcdefghij"}}'],
    ['policies.limits.rules.sk-ant-api03-abcdefghij', '{"usd":1,"per":"day"}'],
    ['policies.limits.rules', '{"sk-ant-api03-abcdefghij":{"usd":1,"per":"day"}}'],
    ['policies.guard.deny', '["https://me:hunter2@x.example"]'],
    ['tags.docs', 'see https://me:hunter2@x.example'],
    ['tags.https://me:hunter2@x.example', 'docs'],
    ['profiles.sk-ant-api03-abcdefghij.auth', 'both'],
  ])('%s cannot be a secret, and the error does not show it', (name, text) => {
    const act = () => parseSettingValue(parseSettingName(name), text)
    expect(act).toThrow('holds a secret itself')
    expect(act).not.toThrow(/hunter2|abcdef/)
  })

  test.each([
    ['policies.guard.deny', '["https?://[^:]+:[^@]+@", "https://[^:]+:[^@]+@"]'],
    ['policies.patterns.url', 'https://[^:]+:[^@]+@'],
    ['policies.decorators.a', '{"text":"never write https://<user>:<password>@host, mail me:you@x.example"}'],
  ])('%s may be about URLs with passwords: %s', (name, text) => {
    expect(() => parseSettingValue(parseSettingName(name), text)).not.toThrow()
  })

  test('a secret in a text is to be taken out, as no reference is resolved there', () => {
    const name = parseSettingName('policies.decorators.a')
    const act = () => parseSettingValue(name, '{"text":"use sk-ant-api03-abcdefghij"}')
    expect(act).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/^take it out \(no reference is/) }),
    )
  })
})
