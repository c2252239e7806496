import { describe, expect, onTestFinished, test } from 'vitest'
import { answer, wire } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { CREDENTIAL, startTestGateway, TOKEN } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, valuesOf, wireRequest } from '../../support/gateway-client.ts'
import type { RawAnswer } from '../../support/raw-answers.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw } from '../../support/raw-client.ts'

async function askRaw(gateway: TestGateway, parts: Ask = {}) {
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(wireRequest(gateway, parts))
  const reply = await connection.until(({ bytes }) => isFinal(rawAnswers(bytes).at(-1)))
  return rawAnswers(reply.bytes).at(-1)
}

function isFinal(answer: RawAnswer | undefined): boolean {
  return answer !== undefined && answer.status >= 200 && answer.isWhole
}

describe('request headers', () => {
  test('T9: keep name case, order and duplicates', async () => {
    const gateway = await startTestGateway(answer())
    await askRaw(gateway, {
      headers: [
        ['X-B', '1'],
        ['anthropic-VERSION', '2023-06-01'],
        ['X-Multi', 'a'],
        ['User-Agent', 'claude-cli/2.1.197 (external, sdk-cli)'],
        ['X-Multi', 'b'],
        ['x-a', 'caf\xe9'],
      ],
    })
    const { headers } = await gateway.upstream.request(0)
    expect(
      headers.filter(([name]) => !/^(host|connection|authorization|content-length)$/i.test(name)),
    ).toEqual([
      ['X-B', '1'],
      ['anthropic-VERSION', '2023-06-01'],
      ['X-Multi', 'a'],
      ['X-Multi', 'b'],
      ['User-Agent', 'claude-cli/2.1.197 (external, sdk-cli)'],
      ['x-a', 'caf\xe9'],
    ])
  })

  test('T16: Host is the upstream’s, once', async () => {
    const gateway = await startTestGateway(answer())
    await askRaw(gateway)
    expect((await gateway.upstream.request(0)).values('host')).toEqual([`127.0.0.1:${gateway.upstream.port}`])
  })

  test('T10: hop-by-hop headers and those named in Connection stay here', async () => {
    const gateway = await startTestGateway(answer())
    await askRaw(gateway, {
      headers: [
        ['Connection', 'keep-alive, X-Hop , te'],
        ['X-Hop', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['TE', 'trailers'],
        ['Proxy-Authorization', 'Basic eA=='],
        ['Proxy-Connection', 'keep-alive'],
        ['X-Stays', '1'],
      ],
    })
    const request = await gateway.upstream.request(0)
    const names = request.headers.map(([name]) => name.toLowerCase())
    expect(names).toContain('x-stays')
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(x-hop|keep-alive|te|proxy-.*)$/)]),
    )
    expect(request.values('connection')).toEqual(['keep-alive'])
  })

  test('no forwarding header tells of this machine', async () => {
    const gateway = await startTestGateway(answer())
    await askRaw(gateway)
    const names = (await gateway.upstream.request(0)).headers.map(([name]) => name.toLowerCase())
    expect(names.filter((name) => /^(x-forwarded|forwarded|via|x-real-ip)/.test(name))).toEqual([])
  })

  test('T5: Expect: 100-continue is answered here and carries the credential on', async () => {
    const gateway = await startTestGateway(answer())
    const reply = await askRaw(gateway, { headers: [['Expect', '100-continue']], body: 'hello' })
    const request = await gateway.upstream.request(0)
    expect(reply?.status).toBe(200)
    expect(request.values('expect')).toEqual([])
    expect(request.values('authorization')).toEqual([`Bearer ${CREDENTIAL}`])
    expect(request.body.toString()).toBe('hello')
  })

  test('the configured extra headers replace those of the client', async () => {
    const gateway = await startTestGateway(answer(), { extraHeaders: { 'X-Team': 'ours' } })
    await askRaw(gateway, { headers: [['x-team', 'theirs']] })
    expect((await gateway.upstream.request(0)).values('x-team')).toEqual(['ours'])
  })

  test.each([
    ['bearer', 'authorization', `Bearer ${CREDENTIAL}`],
    ['x-api-key', 'x-api-key', CREDENTIAL],
    ['header:ApiKey', 'apikey', CREDENTIAL],
  ] as const)('with %s no configured header carries a second credential', async (authStyle, name, value) => {
    const extraHeaders = {
      AUTHORIZATION: 'Bearer rival',
      'X-API-Key': 'rival',
      cookie: 'a=rival',
      APIKEY: 'rival-or-not',
      'X-Team': 'ours',
    }
    const gateway = await startTestGateway(answer(), { extraHeaders, authStyle })
    await askRaw(gateway)
    const request = await gateway.upstream.request(0)
    expect(request.values(name)).toEqual([value])
    expect(request.values('x-team')).toEqual(['ours'])
    expect(JSON.stringify(request.headers)).not.toMatch(/rival"/)
    expect(request.values('apikey')).toEqual([authStyle === 'header:ApiKey' ? CREDENTIAL : 'rival-or-not'])
  })

  test('without a credential of ours a configured one goes in place of the client’s', async () => {
    const gateway = await startTestGateway(answer(), {
      credentials: { kind: 'passthrough' },
      extraHeaders: { 'X-Api-Key': 'of-the-gateway' },
    })
    await askRaw(gateway, { headers: [['x-api-key', 'of-the-client']] })
    expect((await gateway.upstream.request(0)).values('x-api-key')).toEqual(['of-the-gateway'])
  })

  test('a header named __proto__ does no harm', async () => {
    const gateway = await startTestGateway(answer())
    const headers = [
      ['__proto__', 'a'],
      ['__proto__', 'b'],
    ] as const
    expect((await askRaw(gateway, { headers }))?.status).toBe(200)
    expect((await gateway.upstream.request(0)).values('authorization')).toEqual([`Bearer ${CREDENTIAL}`])
  })
})

describe('response headers', () => {
  const HEADERS = [
    ['Request-Id', 'req_1'],
    ['X-RateLimit', '1'],
    ['set-cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['x-ratelimit', '2'],
    ['Content-Type', 'text/plain'],
    ['X-Latin', 'caf\xe9'],
  ] as const

  test('T12: keep name case, order and duplicates, and nothing but the connection is added', async () => {
    const gateway = await startTestGateway(answer({ headers: HEADERS, body: 'hello' }))
    const headers = (await askRaw(gateway))?.headers ?? []
    expect(headers.slice(0, HEADERS.length + 1)).toEqual([...HEADERS, ['Content-Length', '5']])
    expect(headers.slice(HEADERS.length + 1).map(([name]) => name.toLowerCase())).toEqual([
      'connection',
      'keep-alive',
    ])
  })

  test('hop-by-hop headers and those named in Connection stay here', async () => {
    const head =
      'HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\nX-Stays: 1\r\n'
    const gateway = await startTestGateway(wire(`${head}Content-Length: 2\r\n\r\nok`, 'fin'))
    const headers = (await askRaw(gateway))?.headers ?? []
    expect(valuesOf(headers, 'x-stays')).toEqual(['1'])
    expect(valuesOf(headers, 'x-hop')).toEqual([])
    expect(valuesOf(headers, 'proxy-authenticate')).toEqual([])
    expect(valuesOf(headers, 'connection')).toEqual(['keep-alive'])
  })

  test('T6: a Trailer header beside a content length does not take the process down', async () => {
    const gateway = await startTestGateway(
      wire('HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nok', 'stay'),
    )
    const reply = await askRaw(gateway)
    expect(reply?.body.toString()).toBe('ok')
    expect(valuesOf(reply?.headers ?? [], 'trailer')).toEqual([])
  })

  test('T13: trailers and interim answers of the upstream end here, the answer is whole', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'
    const body = 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n'
    const gateway = await startTestGateway(
      wire(`${early}HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\n${body}`, 'stay'),
    )
    const reply = await askRaw(gateway)
    expect(reply).toMatchObject({ status: 200, isWhole: true, trailers: [], body: Buffer.from('ok') })
  })

  test.each([
    ['its own words', 'HTTP/1.1 299 Fine By Us'],
    ['no words', 'HTTP/1.1 200 '],
    ['latin1', 'HTTP/1.1 200 caf\xe9'],
  ])('the status line keeps %s', async (_name, statusLine) => {
    const gateway = await startTestGateway(wire(`${statusLine}\r\nContent-Length: 0\r\n\r\n`, 'stay'))
    expect((await askRaw(gateway))?.statusLine).toBe(statusLine)
  })

  test('a status line that no server may send is our own final error, and the gateway serves on', async () => {
    const gateway = await startTestGateway(wire('HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok', 'stay'))
    for (const index of [0, 1]) {
      const reply = await ask(gateway)
      expect(reply.status).toBe(500)
      expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
      expect((await gateway.record(index)).answered_by).toBe('claude-gw')
    }
  })

  test('no own token comes back from an upstream that echoes headers', async () => {
    const gateway = await startTestGateway(async (call) => {
      await call.request.arrived
      call.response.end(JSON.stringify(call.request.headers))
    })
    expect((await ask(gateway)).body.toString()).not.toContain(TOKEN)
  })
})
