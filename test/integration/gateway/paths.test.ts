import { describe, expect, test } from 'vitest'
import { answer } from '../../support/faults.ts'
import { startTestGateway, TOKEN } from '../../support/gateway.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { sendRaw } from '../../support/raw-client.ts'

describe('paths are relayed as they came', () => {
  test.each([
    ['POST', '/v1/messages?beta=true'],
    ['POST', '/v1/messages/count_tokens?beta=true'],
    ['GET', '/v1/models?limit=1000'],
    ['POST', '/v1/chat/completions'],
    ['GET', '/api/hello'],
    ['GET', '/'],
    ['DELETE', '/v1/files/file_1'],
    ['PUT', '/unknown/'],
    ['PATCH', '/a/b;c=d/%E2%82%AC/%2F/%5C/"q"/{x}'],
    ['GET', '/v1/models?a=1&a=2&b=%20+&c=//x/../y\\z#f?g'],
    ['GET', '/proxy/http:/x/https:/y'],
    ['GET', '/.well-known/a..b/...'],
  ])('%s %s', async (method, path) => {
    const gateway = await startTestGateway(answer())
    const reply = await sendRaw(gateway.port, wireRequest(gateway, { method, path }), 100)
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(200)
    const request = await gateway.upstream.request(0)
    expect(`${request.method} ${request.target}`).toBe(`${method} ${path}`)
    const [recordedPath, query] = splitOnce(path)
    expect(await gateway.record(0)).toMatchObject({ method, path: recordedPath, ...(query && { query }) })
  })
})

describe('T8, N6: a target that is no plain path is refused, and nothing goes upstream', () => {
  test.each([
    'http://example.com/v1/messages',
    'https://example.com/',
    '//example.com/v1',
    '/v1//messages',
    '/v1/../admin',
    '/v1/./messages',
    '/v1/%2e%2e/admin',
    '/v1/%2E./admin',
    '/v1/..',
    '/v1\\..\\admin',
    '/v1/a#fragment',
    '*',
  ])('%s', async (path) => {
    const gateway = await startTestGateway(answer())
    const reply = await sendRaw(gateway.port, wireRequest(gateway, { path }), 100)
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(400)
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('the URL of the upstream', () => {
  test.each([
    ['', '/v1/messages?beta=true'],
    ['/', '/v1/messages?beta=true'],
    ['/v1', '/v1/messages?beta=true'],
    ['/v1/', '/v1/messages?beta=true'],
    ['/team/a', '/team/a/v1/messages?beta=true'],
    ['/team/a/v1//', '/team/a/v1/messages?beta=true'],
    ['/v1x', '/v1x/v1/messages?beta=true'],
  ])('ending in "%s" sends to %s', async (path, target) => {
    const gateway = await startTestGateway(answer(), { path })
    await ask(gateway, { path: '/v1/messages?beta=true' })
    expect((await gateway.upstream.request(0)).target).toBe(target)
  })
})

describe('T17, N6: other protocols', () => {
  test('CONNECT is answered 501', async () => {
    const gateway = await startTestGateway(answer())
    const reply = await sendRaw(
      gateway.port,
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    )
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(501)
    expect(reply.ending).toBe('fin')
  })

  test('an upgrade is answered 501, and nothing goes upstream', async () => {
    const gateway = await startTestGateway(answer())
    const headers = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Authorization', `Bearer ${TOKEN}`],
    ] as const
    const reply = await sendRaw(gateway.port, wireRequest(gateway, { method: 'GET', headers }), 100)
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(501)
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

function splitOnce(path: string): [string, string | undefined] {
  const mark = path.indexOf('?')
  return mark === -1 ? [path, undefined] : [path.slice(0, mark), path.slice(mark + 1)]
}
