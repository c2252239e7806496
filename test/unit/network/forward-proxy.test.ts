import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../../../src/base/errors.ts'
import type { ProxyInput } from '../../../src/network/forward-proxy.ts'
import { resolveProxy } from '../../../src/network/forward-proxy.ts'

const UPSTREAM = 'https://gw.example'

function resolved(upstream: string, input: Partial<ProxyInput>) {
  const originOf = (name: string) => `origin of ${name}`
  return resolveProxy(new URL(upstream), { value: 'auto', origin: 'of-key', env: {}, originOf, ...input })
}

function hostFor(upstream: string, env: ProxyInput['env']): string | undefined {
  return resolved(upstream, { env })?.url.host
}

describe('auto', () => {
  test.each([
    ['nothing', UPSTREAM, {}, undefined],
    ['HTTPS_PROXY', UPSTREAM, { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    ['https_proxy first', UPSTREAM, { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:1' }, 'q:1'],
    ['what is not empty', UPSTREAM, { https_proxy: '', HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    ['HTTP_PROXY last, as Claude Code does', UPSTREAM, { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['HTTP_PROXY for http', 'http://gw.example', { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['no HTTPS_PROXY for http', 'http://gw.example', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['no ALL_PROXY', UPSTREAM, { ALL_PROXY: 'http://p:1', all_proxy: 'http://p:1' }, undefined],
    ['a host alone', UPSTREAM, { HTTPS_PROXY: 'p.example:8080' }, 'p.example:8080'],
    ['not what NO_PROXY excepts', UPSTREAM, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'gw.example' }, undefined],
    ['not what no_proxy excepts', UPSTREAM, { HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, undefined],
    ['NO_PROXY by port', UPSTREAM, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'gw.example:8443' }, 'p:1'],
    ['none for 127.0.0.1', 'https://127.0.0.1:8443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['none for localhost', 'http://localhost', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['none for ::1', 'https://[::1]:8443', { HTTPS_PROXY: 'http://p:1' }, undefined],
  ])('takes %s', (_name, upstream, env, host) => {
    expect(hostFor(upstream, env)).toBe(host)
  })

  test('names the place of the variable', () => {
    expect(resolved(UPSTREAM, { env: { https_proxy: 'http://p:1' } })?.origin).toBe('origin of https_proxy')
  })
})

test('off takes none', () => {
  expect(resolved(UPSTREAM, { value: 'off', env: { HTTPS_PROXY: 'http://p:1' } })).toBeUndefined()
})

test('a URL in the key goes before the environment and its exceptions', () => {
  const env = { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }
  expect(resolved(UPSTREAM, { value: 'http://q:2', env })).toMatchObject({ origin: 'of-key' })
})

test('a URL in the key is not for this machine either', () => {
  expect(resolved('http://127.0.0.1:1', { value: 'http://q:2' })).toBeUndefined()
})

test.each([
  ['http://u:p@q:2', 'u:p'],
  ['u:p@q:2', 'u:p'],
  ['http://u@q:2', 'u:'],
  ['http://d%5Cu:p%40s%3As%25@q:2', 'd\\u:p@s:s%'],
  ['http://u:100%@q:2', 'u:100%'],
  ['http://u:%C3%BC@q:2', 'u:ü'],
])('%s is signed in as %s', (value, plain) => {
  const proxy = resolved(UPSTREAM, { value })
  expect(proxy?.url.href).toBe('http://q:2/')
  expect(Buffer.from(proxy?.authorization?.replace('Basic ', '') ?? '', 'base64').toString()).toBe(plain)
})

test('a password is a secret, alone and as it is sent', () => {
  const sent = Buffer.from('u:p@s').toString('base64')
  expect(resolved(UPSTREAM, { value: 'http://u:p%40s@q:2' })?.secrets).toEqual(['p@s', sent])
  expect(resolved(UPSTREAM, { value: 'http://u@q:2' })?.secrets).toEqual([])
  expect(resolved(UPSTREAM, { value: 'http://q:2' })?.secrets).toEqual([])
  const token = 'a-token-for-a-name'
  const asName = Buffer.from(`${token}:`).toString('base64')
  expect(resolved(UPSTREAM, { value: `http://${token}:@q:2` })?.secrets).toEqual([token, asName])
})

test.each([
  ['socks5://u:hunter2@q:1080', '"q:1080"'],
  ['socks://q', '"socks://q"'],
  ['u:hunter2/@a b@q', '"q"'],
  ['ftp://q', '"ftp://q"'],
])('%s is refused without its password', (url, shown) => {
  try {
    resolved(UPSTREAM, { env: { HTTPS_PROXY: url } })
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_BAD_VALUE', exitCode: 3 })
    const { message } = error as GatewayError
    expect(message).toContain('origin of HTTPS_PROXY: `proxy` must be')
    expect(message).toContain(`SOCKS is not supported), not ${shown}`)
    expect(message).not.toContain('hunter2')
  }
})
