import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer } from '../../support/faults.ts'
import { CREDENTIAL, injecting, startTestGateway, TOKEN } from '../../support/gateway.ts'
import type { HeaderPairs } from '../../support/gateway-client.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

const CLIENT_HEADERS: HeaderPairs = [
  ['Authorization', `Bearer ${TOKEN}`],
  ['authorization', 'Bearer second'],
  ['X-API-Key', 'from-a-helper'],
  ['Proxy-Authorization', 'Basic eA=='],
  ['Cookie', 'session=1'],
]

describe('T9, N5: the credential', () => {
  test('takes the place of every credential of the client', async () => {
    const gateway = await startTestGateway(answer())
    await ask(gateway, { access: CLIENT_HEADERS })
    const { headers } = await gateway.upstream.request(0)
    expect(headers.filter(([name]) => /authorization|x-api-key|cookie/i.test(name))).toEqual([
      ['Authorization', `Bearer ${CREDENTIAL}`],
    ])
  })

  test.each([
    ['bearer', [['Authorization', `Bearer ${CREDENTIAL}`]]],
    ['x-api-key', [['X-Api-Key', CREDENTIAL]]],
    [
      'both',
      [
        ['Authorization', `Bearer ${CREDENTIAL}`],
        ['X-Api-Key', CREDENTIAL],
      ],
    ],
    ['header:ApiKey', [['ApiKey', CREDENTIAL]]],
  ] as const)('is sent as %s', async (authStyle, expected) => {
    const gateway = await startTestGateway(answer(), { authStyle })
    await ask(gateway, { access: CLIENT_HEADERS, headers: [['apikey', 'from-the-client']] })
    const { headers } = await gateway.upstream.request(0)
    const sent = headers.filter(([name]) => /authorization|api-?key/i.test(name))
    expect(sent.map(([name, value]) => [name.toLowerCase(), value])).toEqual(
      expect.arrayContaining(expected.map(([name, value]) => [name.toLowerCase(), value])),
    )
    expect(sent.map(([, value]) => value)).not.toContain(TOKEN)
    expect(sent.some(([, value]) => value === 'from-a-helper')).toBe(false)
  })

  test('T4, N5: 1,000 requests, 500 at a time over 256 connections, all carry it', async () => {
    const gateway = await startTestGateway(answer({ pauseMs: 5 }))
    const agent = new Agent({ keepAlive: true, maxSockets: 500 })
    onTestFinished(() => agent.destroy())
    const replies = await Promise.all(
      Array.from({ length: 1000 }, () => ask(gateway, { body: '{"model":"m"}' }, agent)),
    )
    expect(replies.every((reply) => reply.status === 200 && reply.isWhole)).toBe(true)
    expect(gateway.upstream.requests).toHaveLength(1000)
    const sent = gateway.upstream.requests.flatMap((request) => request.values('authorization'))
    expect(sent).toEqual(Array(1000).fill(`Bearer ${CREDENTIAL}`))
    expect(gateway.upstream.acceptedConnections()).toBeLessThanOrEqual(256)
  })

  test('is in no record and no answer of ours', async () => {
    const gateway = await startTestGateway(answer(), { port: 0 })
    await ask(gateway)
    await ask(gateway, { path: '/v1/../x' })
    expect(JSON.stringify(gateway.records)).not.toContain(CREDENTIAL)
    expect((await gateway.record(0)).credential).toEqual({ source: 'test' })
  })
})

describe('an OAuth token', () => {
  const OAUTH = 'sk-ant-oat01-of-this-test'

  test.each([
    [undefined, 'oauth-2025-04-20'],
    ['claude-code-20250219', 'claude-code-20250219,oauth-2025-04-20'],
    ['oauth-2025-04-20, a', 'oauth-2025-04-20, a'],
  ])('beside anthropic-beta %s sends %s', async (given, expected) => {
    const gateway = await startTestGateway(answer(), { credentials: injecting(OAUTH) })
    await ask(gateway, { headers: given === undefined ? [] : [['anthropic-beta', given]] })
    const request = await gateway.upstream.request(0)
    expect(request.values('anthropic-beta')).toEqual([expected])
    expect(request.values('authorization')).toEqual([`Bearer ${OAUTH}`])
  })

  test.each(['x-api-key', 'both', 'header:ApiKey'] as const)(
    'is a bearer even where the configuration says %s',
    async (authStyle) => {
      const gateway = await startTestGateway(answer(), { credentials: injecting(OAUTH), authStyle })
      await ask(gateway, { access: CLIENT_HEADERS })
      const request = await gateway.upstream.request(0)
      expect(request.headers.filter(([name]) => /authorization|api-?key|cookie/i.test(name))).toEqual([
        ['Authorization', `Bearer ${OAUTH}`],
      ])
      expect(request.values('anthropic-beta')).toEqual(['oauth-2025-04-20'])
    },
  )

  test('is the only kind that changes anthropic-beta', async () => {
    const gateway = await startTestGateway(answer())
    await ask(gateway, { headers: [['anthropic-beta', 'a, b']] })
    expect((await gateway.upstream.request(0)).values('anthropic-beta')).toEqual(['a, b'])
  })
})

describe('passthrough', () => {
  const SECRET = 'secret-path-of-this-test'
  const passthrough = {
    access: { kind: 'path', secret: SECRET },
    credentials: { kind: 'passthrough' },
  } as const

  test('leaves the client its own credentials, and its secret path stays here', async () => {
    const gateway = await startTestGateway(answer(), passthrough)
    expect(gateway.url).toBe(`http://127.0.0.1:${gateway.port}/${SECRET}`)
    const access: HeaderPairs = [
      ['Authorization', 'Bearer own-login'],
      ['Cookie', 'a=1'],
    ]
    await ask(gateway, { path: `/${SECRET}/v1/messages?beta=true`, access })
    const request = await gateway.upstream.request(0)
    expect(request.target).toBe('/v1/messages?beta=true')
    expect(request.values('authorization')).toEqual(['Bearer own-login'])
    expect(request.values('cookie')).toEqual(['a=1'])
    expect(JSON.stringify(gateway.records)).not.toContain(SECRET)
  })

  test('relays a 401 as it is: there is nothing to refresh', async () => {
    const refused = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')
    const gateway = await startTestGateway(answer(refused), passthrough)
    const reply = await ask(gateway, { path: `/${SECRET}/v1/messages`, body: '{}' })
    expect(reply.status).toBe(401)
    expect(reply.body).toEqual(refused.body)
    expect(gateway.upstream.requests).toHaveLength(1)
  })

  test.each(['/v1/messages', `/${SECRET.slice(0, -1)}/v1/messages`, `/x${SECRET}/v1/messages`])(
    'refuses %s',
    async (path) => {
      const gateway = await startTestGateway(answer(), passthrough)
      const reply = await ask(gateway, { path, access: [['Authorization', 'Bearer own-login']] })
      expect(reply.status).toBe(401)
      expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
      expect(gateway.upstream.requests).toHaveLength(0)
    },
  )
})
