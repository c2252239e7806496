import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { GatewayOptions } from '../../../src/gateway/gateway-options.ts'
import { answerOf, headBytes } from '../../support/answer.ts'
import type { ConnectProxy, ConnectProxyOptions } from '../../support/connect-proxy.ts'
import { proxyAt, startConnectProxy } from '../../support/connect-proxy.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, inTurn, stall } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { startGatewayTo, startTestGateway } from '../../support/gateway.ts'
import { ask, begin, readReply, sha256, valuesOf } from '../../support/gateway-client.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const WARM_UP = { method: 'HEAD', path: '/', access: [] } as const
const BODY = JSON.stringify({ model: 'm', text: 'x'.repeat(300_000) })
const title = `an upstream behind a proxy${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

interface Setup {
  readonly gateway: TestGateway
  readonly proxy: ConnectProxy
}

describe.skipIf(opensslUnavailable)(title, () => {
  let ca: ThrowawayCa
  beforeAll(() => {
    ca = createThrowawayCa()
  })
  afterAll(() => ca.remove())

  /** @param urlOf what HTTPS_PROXY says, from the URL of the proxy */
  async function start(
    fault: Fault,
    options: ConnectProxyOptions = {},
    urlOf = (url: string) => url,
    more: Partial<GatewayOptions> = {},
  ): Promise<Setup> {
    const { upstream } = await startTestGateway(fault, { tls: ca.server })
    const proxy = await startConnectProxy(options)
    const tls = tlsFiles({ 'tls.ca': ca.caPath })
    const gateway = await startGatewayTo(upstream, upstream.url, {
      tls,
      proxy: proxyAt(urlOf(proxy.url)),
      ...more,
    })
    return { gateway, proxy }
  }

  test('gets the same request as without one, to the byte', async () => {
    const { gateway, proxy } = await start(answer())
    const direct = await startGatewayTo(gateway.upstream, gateway.upstream.url, {
      tls: tlsFiles({ 'tls.ca': ca.caPath }),
    })
    const request = { body: BODY, headers: [['X-Odd-Case', ' two  words'] as const] }
    for (const way of [direct, gateway]) expect((await ask(way, request)).status).toBe(200)
    const [first, second] = gateway.upstream.requests
    expect(second?.headers).toEqual(first?.headers)
    expect([second?.method, second?.target, second?.sha256]).toEqual(['POST', first?.target, sha256(BODY)])
    expect(proxy.connects).toHaveLength(1)
  })

  test('is asked for by host and port alone', async () => {
    const { gateway, proxy } = await start(answer())
    await ask(gateway)
    const target = `127.0.0.1:${gateway.upstream.port}`
    expect(proxy.connects).toEqual([{ target, headers: { host: target, 'user-agent': 'claude-gw' } }])
  })

  test('is sent nothing before its certificate is verified', async () => {
    const stranger = createThrowawayCa()
    onTestFinished(stranger.remove)
    const { upstream } = await startTestGateway(answer(), { tls: stranger.server })
    const proxy = await startConnectProxy()
    const tls = tlsFiles({ 'tls.ca': ca.caPath })
    const gateway = await startGatewayTo(upstream, upstream.url, { tls, proxy: proxyAt(proxy.url) })
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(502)
    expect(reply.body.toString()).toContain(`no trusted TLS connection to ${upstream.url} through the proxy`)
    expect(upstream.requests).toHaveLength(0)
    expect(proxy.carriedBytes()).toBeLessThan(5_000)
  })

  test('is reached over connections that are kept', async () => {
    const { gateway, proxy } = await start(answer())
    for (let i = 0; i < 5; i++) expect((await ask(gateway, { body: '{}' })).status).toBe(200)
    expect(proxy.connects).toHaveLength(1)
  })

  test('is connected to by the warm-up, and the first request takes that connection', async () => {
    const { gateway, proxy } = await start(answer())
    await ask(gateway, WARM_UP)
    await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
    expect((await ask(gateway)).status).toBe(200)
    expect(proxy.connects).toHaveLength(1)
  })

  test('serves 200 requests at once', async () => {
    const { gateway, proxy } = await start(async (call) => {
      await call.request.arrived
      await answer({ body: call.request.body })(call)
    })
    const bodies = Array.from({ length: 200 }, (_, i) => JSON.stringify({ number: i }))
    const replies = await Promise.all(bodies.map((body) => ask(gateway, { body })))
    expect(replies.map(({ body }) => body.toString())).toEqual(bodies)
    expect(gateway.upstream.acceptedConnections()).toBe(proxy.connects.length)
  })

  test('streams its events one by one', async () => {
    let sendSecond: () => void = () => {}
    const { gateway } = await start(async ({ request, response }) => {
      await request.arrived
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      sendSecond = () => response.end('data: 2\n\n')
    })
    const stream = await begin(gateway, { body: '{}' })
    const [first] = await once(stream, 'data')
    expect(String(first)).toBe('data: 1\n\n')
    const rest = readReply(stream)
    sendSecond()
    expect((await rest).body.toString()).toBe('data: 2\n\n')
  })

  test('may be behind one that is spoken to over TLS', async () => {
    const { gateway, proxy } = await start(answer(), { tls: ca.server })
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expect(proxy.connects).toHaveLength(1)
  })

  test('is shown our certificate, behind a proxy that asks for a password', async () => {
    const { upstream } = await startTestGateway(
      (call) => answer({ body: String((call.socket as TLSSocket).getPeerCertificate().subject.CN) })(call),
      { tls: ca.strictServer },
    )
    const proxy = await startConnectProxy({ signIn: 'user:p@ss/word:%' })
    const files = { 'tls.ca': ca.caPath, 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath }
    const gateway = await startGatewayTo(upstream, upstream.url, {
      tls: tlsFiles(files),
      proxy: proxyAt(proxy.url.replace('//', '//user:p%40ss%2Fword%3A%25@')),
    })
    expect((await ask(gateway)).body.toString()).toBe('client')
    expect(JSON.stringify(upstream.requests[0]?.headers)).not.toMatch(/proxy/i)
  })

  test('is asked again over a new tunnel when an idle one was closed', async () => {
    const { gateway, proxy } = await start(answer())
    await ask(gateway)
    proxy.breakTunnels()
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expect(proxy.connects).toHaveLength(2)
  })

  test('whose tunnel breaks in the middle of an answer has the answer cut', async () => {
    const parts = { body: 'x'.repeat(50_000) }
    const { gateway, proxy } = await start(stall(parts, headBytes(answerOf(parts)).length + 1000))
    const reply = begin(gateway, { body: '{}' }).then(readReply)
    await gateway.upstream.request(0)
    await expect.poll(() => proxy.openTunnels()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    proxy.breakTunnels()
    expect((await reply).isWhole).toBe(false)
    expect((await gateway.record(0)).outcome).toBe('truncated')
  })

  test('whose tunnel breaks before the answer is not asked twice', async () => {
    const { gateway, proxy } = await start(
      inTurn(() => proxy.breakTunnels(), answer()),
      {},
      undefined,
      {
        retry: 'connect',
      },
    )
    const reply = await ask(gateway, { body: '{}' })
    expect(reply.status).toBe(502)
    expect(reply.body.toString()).toContain(`through the proxy ${proxy.url} (HTTPS_PROXY)`)
    expect(gateway.upstream.requests).toHaveLength(1)
  })

  const PASSWORD = 'hunter2-canary'
  const SIGN_IN = { signIn: 'user:another' }
  const challenge = (...schemes: string[]) => ({
    refusal: `HTTP/1.1 407 No\r\n${schemes.map((s) => `Proxy-Authenticate: ${s}\r\n`).join('')}\r\n`,
  })
  const signedIn = (url: string) => url.replace('//', `//user:${PASSWORD}@`)
  const same = (url: string) => url
  const LOCAL = 'un a local proxy that signs in for you, such as px or cntlm'

  const refusals: readonly (readonly [string, ConnectProxyOptions, typeof same, boolean, RegExp | string])[] =
    [
      [
        'that asks for a password',
        SIGN_IN,
        same,
        false,
        'asks for a user name and a password. Put them into HTTPS_PROXY',
      ],
      [
        'that does not know the password',
        SIGN_IN,
        signedIn,
        false,
        'does not accept the user name and the password',
      ],
      ['that asks for Kerberos or NTLM', challenge('Negotiate', 'NTLM'), signedIn, false, LOCAL],
      [
        'that asks for them in one line',
        challenge('Negotiate TlRM==, NTLM'),
        same,
        false,
        'asks for Negotiate or NTLM;',
      ],
      [
        'that asks for Digest',
        challenge('Digest realm="a, Basic b", qop="auth"'),
        same,
        false,
        'asks for Digest;',
      ],
      [
        'that offers Basic too',
        challenge('Negotiate', 'Basic realm="x"'),
        same,
        false,
        'asks for a user name',
      ],
      [
        'that says no',
        { refusal: 'HTTP/1.1 403 Blocked\u0007 by policy\r\n\r\n' },
        same,
        false,
        'it answered 403 Blocked by policy',
      ],
      [
        'that cannot reach it',
        { refusal: 'HTTP/1.1 503 Away\r\n\r\n' },
        same,
        true,
        'did not get through to 127.0.0.1:',
      ],
      [
        'that speaks first',
        { refusal: 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n' },
        same,
        true,
        'it answered 200 OK',
      ],
      ['that closes', { refusal: '' }, same, true, 'cannot reach the proxy'],
      ['that speaks no HTTP', { refusal: 'SSH-2.0-x\r\n' }, same, true, 'cannot reach the proxy'],
      [
        'that speaks no TLS',
        {},
        (url) => url.replace('http:', 'https:'),
        false,
        'its URL begins with http://',
      ],
    ]

  test.each(refusals)('is not reached through one %s', async (_name, options, urlOf, canRetry, words) => {
    const { gateway, proxy } = await start(answer(), options, urlOf)
    const reply = await ask(gateway, { body: '{}' })
    const text = reply.body.toString()
    expect(reply.status).toBe(502)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(canRetry ? [] : ['false'])
    expect(text).toContain(`127.0.0.1:${proxy.port} (HTTPS_PROXY)`)
    expect(text).toMatch(words)
    const record = await gateway.record(0)
    expect(record).toMatchObject({ outcome: 'upstream_error', attempts: [{}] })
    expect(text + JSON.stringify(record)).not.toContain(PASSWORD)
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is asked again where the proxy may be back in a moment', async () => {
    const { gateway, proxy } = await start(answer(), { refusal: 'HTTP/1.1 502 Away\r\n\r\n' }, same, {
      retry: 'connect',
    })
    expect((await ask(gateway)).status).toBe(502)
    expect(proxy.connects).toHaveLength(2)
  })

  test('is not reached through one whose certificate nobody vouches for', async () => {
    const stranger = createThrowawayCa()
    onTestFinished(stranger.remove)
    const { gateway, proxy } = await start(answer(), { tls: stranger.server, signIn: 'a:b' })
    const reply = await ask(gateway)
    expect(reply.body.toString()).toContain(`no trusted TLS connection to the proxy ${proxy.url}`)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(proxy.connects).toEqual([])
  })

  test('is not reached through one that is not there', async () => {
    const { upstream } = await startTestGateway(answer(), { tls: ca.server })
    const gateway = await startGatewayTo(upstream, upstream.url, { proxy: proxyAt('http://127.0.0.1:9') })
    const text = (await ask(gateway)).body.toString()
    expect(text).toContain('cannot reach the proxy http://127.0.0.1:9 (HTTPS_PROXY): connect ECONNREFUSED')
    expect(text).toContain('CLAUDE_GW_PROXY=off')
  })

  test('is not reached in time through one that is silent', async () => {
    const server = createServer((socket) => void onTestFinished(() => void socket.destroy()))
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { upstream } = await startTestGateway(answer(), { tls: ca.server })
    const timeouts = { connectMs: 150, firstByteMs: 20_000, idleMs: 20_000 }
    const proxy = proxyAt(`http://127.0.0.1:${port}`)
    const gateway = await startGatewayTo(upstream, upstream.url, { timeouts, proxy })
    const reply = await ask(gateway)
    expect(reply.status).toBe(504)
    expect(reply.body.toString()).toContain(`through the proxy http://127.0.0.1:${port} (HTTPS_PROXY)`)
  })
})

test('an upstream without TLS is reached through a tunnel too', async () => {
  const { upstream } = await startTestGateway(answer())
  const proxy = await startConnectProxy()
  const gateway = await startGatewayTo(upstream, upstream.url, { proxy: proxyAt(proxy.url) })
  for (let i = 0; i < 3; i++) expect((await ask(gateway, { body: BODY })).status).toBe(200)
  expect(upstream.requests.map((request) => request.sha256)).toEqual(Array(3).fill(sha256(BODY)))
  expect(proxy.connects).toHaveLength(1)
})
