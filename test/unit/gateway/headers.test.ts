import { describe, expect, test } from 'vitest'
import type { OutgoingOptions } from '../../../src/gateway/headers.ts'
import { incomingHeaders, outgoingHeaders } from '../../../src/gateway/headers.ts'

const OPTIONS: OutgoingOptions = {
  host: 'up.example',
  contentLength: undefined,
  credential: undefined,
  extra: {},
}
const credential = { value: 'key', style: 'bearer', isOauth: false } as const

describe('outgoingHeaders', () => {
  test('keeps names, order and duplicates, and says its own host', () => {
    const raw = ['Host', 'me', 'X-B', '1', 'x-b', '2', 'Accept', '*/*', 'X-B', '3']
    expect(Object.entries(outgoingHeaders(raw, OPTIONS))).toEqual([
      ['Host', 'up.example'],
      ['X-B', ['1', '2', '3']],
      ['Accept', '*/*'],
    ])
  })

  test('says the length of the body once, in lower case', () => {
    const headers = outgoingHeaders(['Content-Length', '3'], { ...OPTIONS, contentLength: 3 })
    expect(headers).toEqual({ Host: 'up.example', 'content-length': '3' })
  })

  test('without a credential of ours leaves the client its own', () => {
    const raw = ['Authorization', 'Bearer own', 'Cookie', 'a=1', 'X-Api-Key', 'k']
    expect(outgoingHeaders(raw, OPTIONS)).toMatchObject({ Authorization: 'Bearer own', Cookie: 'a=1' })
  })

  test('with one drops every credential of the client', () => {
    const raw = ['authorization', 'Bearer own', 'COOKIE', 'a=1', 'x-api-key', 'k']
    const headers = outgoingHeaders(raw, { ...OPTIONS, credential })
    expect(headers).toEqual({ Host: 'up.example', Authorization: 'Bearer key' })
  })

  test('a header of its own for the credential replaces one of that name', () => {
    const options = { ...OPTIONS, credential: { ...credential, style: 'header:ApiKey' } as const }
    expect(outgoingHeaders(['APIKEY', 'other'], options)).toEqual({ Host: 'up.example', ApiKey: 'key' })
  })

  test('adds the OAuth beta to the last of several anthropic-beta lines', () => {
    const options = { ...OPTIONS, credential: { ...credential, isOauth: true } }
    const raw = ['Anthropic-Beta', 'a', 'anthropic-beta', 'b']
    expect(outgoingHeaders(raw, options)['Anthropic-Beta']).toEqual(['a', 'b,oauth-2025-04-20'])
  })

  test('names in any Connection line are hop-by-hop', () => {
    const raw = [
      'Connection',
      'X-One',
      'connection',
      'close, X-Two',
      'X-One',
      '1',
      'x-two',
      '2',
      'X-Three',
      '3',
    ]
    expect(outgoingHeaders(raw, OPTIONS)).toEqual({ Host: 'up.example', 'X-Three': '3' })
  })
})

test('incomingHeaders keeps all but hop-by-hop headers', () => {
  const raw = [
    'Date',
    'd',
    'Connection',
    'X-A',
    'X-A',
    '1',
    'Set-Cookie',
    'a',
    'set-cookie',
    'b',
    'Trailer',
    't',
  ]
  expect(incomingHeaders(raw)).toEqual(['Date', 'd', 'Set-Cookie', 'a', 'set-cookie', 'b'])
})
