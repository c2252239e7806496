import { describe, expect, test } from 'vitest'
import type { ConfigKey } from '../../../src/config/schema.ts'
import { CONFIG_KEYS, keyOf } from '../../../src/config/schema.ts'

describe('the JSON of a value', () => {
  test.each<[ConfigKey, unknown, unknown]>([
    ['allowHttp', true, true],
    ['allowHttp', false, false],
    ['allowHttp', 'true', undefined],
    ['timeouts.connect', '5s', 5000],
    ['timeouts.connect', 5000, undefined],
    ['maxBodyBytes', '1MB', 1024 ** 2],
    ['maxBodyBytes', 4096, 4096],
    ['maxBodyBytes', -1, undefined],
    ['serve.port', 3000, 3000],
    ['serve.port', '3000', 3000],
    ['serve.port', 65536, undefined],
    ['serve.port', 1.5, undefined],
    ['upstream', 'https://a.example', 'https://a.example'],
    ['upstream', null, undefined],
    ['upstream', 1, undefined],
    ['log.level', 'off', 'off'],
    ['log.level', 'all', undefined],
    ['profile', '__proto__', undefined],
    ['proxy', 'off', 'off'],
    ['tls.ca', '', ''],
    ['tls.ca', '/etc/ca.pem', '/etc/ca.pem'],
    ['tls.cert', '~/me.pem', '~/me.pem'],
    ['tls.key', 'me.key', undefined],
    ['tls.ca', './ca.pem', undefined],
    ['claude.command', 'claude-next', 'claude-next'],
    ['claude.command', '~/bin/claude', '~/bin/claude'],
    ['claude.command', './claude', undefined],
    ['claude.command', 'bin/claude', undefined],
    ['claude.command', '..\\claude.exe', undefined],
    ['proxy', 'http://u:p@proxy.example:3128', 'http://u:p@proxy.example:3128'],
    ['proxy', 'not a URL', undefined],
    ['proxy', 'u:p@proxy.example:3128', undefined],
    ['proxy', 'socks5://proxy.example', undefined],
    ['proxy', 'http://user:12/rest@proxy.example:3128', undefined],
    ['tags', { a: '1' }, { a: '1' }],
    ['tags', { a: 1 }, undefined],
    ['tags', ['a'], undefined],
    ['policies.guard.paths', ['/v1/*', '!/v1/files', '!*batches*'], ['/v1/*', '!/v1/files', '!*batches*']],
    ['policies.guard.paths', ['!v1/files'], undefined],
    ['policies.guard.models', ['claude-*', '!*opus*'], ['claude-*', '!*opus*']],
    ['policies.guard.models', ['!'], undefined],
    ['policies.guard.models', [''], undefined],
    ['policies.guard.tools', ['!'], undefined],
    ['retry.upstream', 429, '429'],
    ['retry.upstream', 430, undefined],
    ['policies.maxMatch', '8KB', 8192],
    ['policies.maxMatch', 0, undefined],
    ['policies.patterns', { 'staff-id': 'EMP' }, { 'staff-id': 'EMP' }],
    ['policies.patterns', { Staff: 'EMP' }, undefined],
    ['headers', { 'X-A': 'ü' }, undefined],
    ['headers', { 'Content-Length': '1' }, undefined],
  ])('%s reads %j as %j', (key, json, expected) => {
    expect(keyOf(key).kind.read(json)).toEqual(expected)
  })

  test.each<[ConfigKey, string, unknown]>([
    ['timeouts.connect', '90s', '90s'],
    ['timeouts.connect', '300s', '5m'],
    ['timeouts.connect', '1500ms', '1500ms'],
    ['serve.idleExit', '48h', '2d'],
    ['maxBodyBytes', '32MB', '32MB'],
    ['maxBodyBytes', '1000', '1000B'],
    ['maxBodyBytes', '0', '0B'],
    ['allowHttp', 'true', true],
    ['serve.port', '0', 0],
    ['tags', '{"a":"1"}', { a: '1' }],
  ])('%s writes %s as %j', (key, text, expected) => {
    const { kind } = keyOf(key)
    const written = kind.write(kind.parse(text))
    expect(written).toEqual(expected)
    expect(kind.read(written)).toEqual(kind.parse(text))
  })

  test.each(CONFIG_KEYS)('of the default of %s can be read, or words stand for it', (key) => {
    const { kind, default: fallback, defaultWords } = keyOf(key)
    if (defaultWords === undefined) expect(kind.read(kind.write(fallback))).toEqual(fallback)
  })
})

test('only tags are for everybody', () => {
  expect(CONFIG_KEYS.filter((key) => keyOf(key).isForUntrusted)).toEqual(['tags'])
})
