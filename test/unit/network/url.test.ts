import { describe, expect, test } from 'vitest'
import { isLoopback, parseUpstream } from '../../../src/network/url.ts'

describe('parseUpstream', () => {
  test.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com', ''],
    ['https://api.anthropic.com/', 'https://api.anthropic.com', ''],
    ['https://gw.example/claude/', 'https://gw.example/claude', '/claude'],
    ['https://gw.example/claude/v1', 'https://gw.example/claude', '/claude'],
    ['https://gw.example:8443/v1/', 'https://gw.example:8443', ''],
    ['https://gw.example/claude/v1/messages', 'https://gw.example/claude', '/claude'],
    ['https://gw.example/v1/messages/', 'https://gw.example', ''],
    ['https://gw.example/v1/messages/count_tokens', 'https://gw.example', ''],
    ['https://gw.example/v1/messagesx', 'https://gw.example/v1/messagesx', '/v1/messagesx'],
    ['http://localhost:4000', 'http://localhost:4000', ''],
    ['HTTPS://GW.EXAMPLE/A', 'https://gw.example/A', '/A'],
  ])('%s is %s', (text, name, prefix) => {
    expect(parseUpstream(text, false, 'test')).toMatchObject({ name, prefix })
  })

  test('knows Anthropic by its host only', () => {
    expect(parseUpstream('https://api.anthropic.com', false, 't').isAnthropic).toBe(true)
    expect(parseUpstream('https://api.anthropic.com.evil.example', false, 't').isAnthropic).toBe(false)
  })

  test.each([
    ['gw.example', 'a URL such as'],
    ['ftp://gw.example', 'a URL such as'],
    ['', 'a URL such as'],
    ['https://user:password@gw.example', 'without user name'],
    ['https://gw.example/?key=1', 'without user name'],
    ['https://gw.example/#x', 'without user name'],
    ['http://gw.example', 'https URL'],
    ['http://127.0.0.1.evil.example', 'https URL'],
  ])('%s is refused', (text, expected) => {
    expect(() => parseUpstream(text, false, '--upstream')).toThrow(expected)
    expect(() => parseUpstream(text, false, '--upstream')).toThrow(/^--upstream: `upstream` must be/)
  })

  test.each([
    'http://user:12/hunter2@gw.example',
    'https://user:hunter2@gw.example',
    'ftp://user:hunter2@gw.example',
    'user:hunter2@gw.example',
  ])('does not repeat the password of %s in the error', (text) => {
    expect(() => parseUpstream(text, false, 't')).toThrow(/gw\.example/)
    expect(() => parseUpstream(text, false, 't')).not.toThrow(/hunter2/)
  })

  test('plain http to elsewhere needs allowHttp', () => {
    expect(parseUpstream('http://gw.example', true, 't').name).toBe('http://gw.example')
  })
})

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
])('isLoopback(%s) is %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected)
})
