import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { Access } from '../../../src/gateway/access.ts'
import { inspect } from '../../../src/gateway/guard.ts'
import { proofOf } from '../../../src/network/proof.ts'

const TOKEN: Access = { kind: 'token', token: 'cgw-1' }
const PATH: Access = { kind: 'path', secret: 'secret' }
const PORT = 4000

/** As Node.js gives it: names in lower case, beside the raw list. */
function request(url: string, headers: Record<string, string> = {}, method = 'POST'): IncomingMessage {
  const all: Record<string, string> = { host: `127.0.0.1:${PORT}`, ...headers }
  return { url, method, headers: all, rawHeaders: Object.entries(all).flat() } as unknown as IncomingMessage
}

const LET_IN = { 'x-api-key': 'cgw-1' }

describe('the target that goes upstream', () => {
  test.each([
    [TOKEN, '/v1/messages?beta=true', '/v1/messages?beta=true'],
    [TOKEN, '/', '/'],
    [PATH, '/secret/v1/messages', '/v1/messages'],
    [PATH, '/secret', '/'],
    [PATH, '/secret/secret/x', '/secret/x'],
  ])('%o %s is %s', (access, url, target) => {
    const headers = access.kind === 'token' ? LET_IN : {}
    expect(inspect(request(url, headers), PORT, access)).toEqual({ kind: 'pass', target })
  })

  test.each(['/secret?x=1', '/secretx', '/secret//x', '/secret/../x'])(
    '%s is refused for its path',
    (url) => {
      expect(inspect(request(url), PORT, PATH)).toEqual({ kind: 'refuse', code: 'PATH_FORBIDDEN' })
    },
  )
})

describe('the order of the checks tells a stranger nothing', () => {
  test.each([
    ['Host before all else', { host: 'evil' }, '/..', 'HOST_FORBIDDEN'],
    ['Origin before the token', { origin: 'null' }, '/..', 'ORIGIN_FORBIDDEN'],
    ['the token before the path', {}, '/..', 'TOKEN_MISSING'],
    ['the path at last', LET_IN, '/..', 'PATH_FORBIDDEN'],
  ] as const)('%s', (_name, headers, url, code) => {
    expect(inspect(request(url, headers), PORT, TOKEN)).toEqual({ kind: 'refuse', code })
  })
})

describe('a HEAD', () => {
  test('without credentials is a warm-up, on any path', () => {
    expect(inspect(request('/gw/abc', {}, 'HEAD'), PORT, TOKEN).kind).toBe('warm-up')
  })

  test('proves who we are only to who asks for it, and never the same way for another port', () => {
    const proof = (port: number, headers = {}) => {
      const verdict = inspect(request('/', { host: `127.0.0.1:${port}`, ...headers }, 'HEAD'), port, TOKEN)
      return verdict.kind === 'warm-up' ? verdict.proof : 'no warm-up'
    }
    const asking = { 'x-claude-gw-nonce': 'n' }
    expect(proof(PORT)).toBeUndefined()
    expect(proof(PORT, asking)).toBe(proofOf('cgw-1', PORT, 'n'))
    expect(proof(PORT, asking)).not.toBe(proof(PORT + 1, asking))
  })

  test('with the token is a request', () => {
    expect(inspect(request('/', LET_IN, 'HEAD'), PORT, TOKEN).kind).toBe('pass')
  })

  test('with a wrong token is refused', () => {
    const headers = { authorization: 'Bearer other' }
    expect(inspect(request('/', headers, 'HEAD'), PORT, TOKEN)).toMatchObject({ code: 'TOKEN_MISSING' })
  })
})

test.each(['none', 'same-origin'])('Sec-Fetch-Site: %s is no web page', (value) => {
  expect(inspect(request('/', { ...LET_IN, 'sec-fetch-site': value }), PORT, TOKEN).kind).toBe('pass')
})
