import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { answer } from '../../support/faults.ts'
import { startGatewayTo, startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const title = `N7: an upstream whose certificate nobody vouches for${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

/** Whom a gateway is told to trust: by `tls.ca`, and by the environment. */
interface Authorities {
  readonly own: ThrowawayCa
  readonly extra?: ThrowawayCa
}

/** Accepts connections and never speaks. */
async function startSilentServer(): Promise<string> {
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy())
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.skipIf(opensslUnavailable)(title, () => {
  let ca: ThrowawayCa
  let other: ThrowawayCa
  beforeAll(() => {
    ca = createThrowawayCa()
    other = createThrowawayCa()
  })
  afterAll(() => {
    ca.remove()
    other.remove()
  })

  test('is a final 502 that names the way out', async () => {
    const gateway = await startTestGateway(answer(), { tls: ca.server, retry: 'connect' })
    const reply = await ask(gateway, { body: '{}' })
    expect(reply.status).toBe(502)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(reply.body.toString()).toContain('CLAUDE_GW_TLS_CA')
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is refused after a warm-up too', async () => {
    const gateway = await startTestGateway(answer(), { tls: ca.server })
    await ask(gateway, { method: 'HEAD', path: '/', access: [] })
    expect((await ask(gateway, { body: '{}' })).status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is refused even where the environment switches verification off', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    onTestFinished(() => void delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    const gateway = await startTestGateway(answer(), { tls: ca.server })
    expect((await ask(gateway, { body: '{}' })).status).toBe(502)
    await ask(gateway, { method: 'HEAD', path: '/', access: [] })
    expect((await ask(gateway, { body: '{}' })).status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  const places: readonly (readonly [string, string, () => Authorities, number])[] = [
    ['trusted', 'with its authority in tls.ca', () => ({ own: ca }), 200],
    ['refused', 'with another authority there', () => ({ own: other }), 502],
    ['trusted', 'with its authority in NODE_EXTRA_CA_CERTS', () => ({ own: other, extra: ca }), 200],
  ]

  test.each(places)('is %s %s', async (_verdict, _place, authorities, status) => {
    const { upstream } = await startTestGateway(answer(), { tls: ca.server })
    const { own, extra } = authorities()
    const tls = tlsFiles({ 'tls.ca': own.caPath }, { env: { NODE_EXTRA_CA_CERTS: extra?.caPath } })
    const gateway = await startGatewayTo(upstream, upstream.url, { tls })
    expect((await ask(gateway, { body: '{}' })).status).toBe(status)
    await ask(gateway, { method: 'HEAD', path: '/', access: [] })
    expect((await ask(gateway, { body: '{}' })).status).toBe(status)
    expect(upstream.requests).toHaveLength(status === 200 ? 2 : 0)
  })
})

test('an upstream that speaks no TLS is a final 502', async () => {
  const plain = await startTestGateway(answer())
  const url = plain.upstream.url.replace('http:', 'https:')
  const gateway = await startGatewayTo(plain.upstream, url, {})
  const reply = await ask(gateway)
  expect(reply.status).toBe(502)
  expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
})

describe('T14: a TLS handshake that is never answered', () => {
  const timeouts = { connectMs: 150, firstByteMs: 20_000, idleMs: 20_000 }

  test.each([
    ['is a connect time-out', false],
    ['is one after a warm-up too', true],
  ])('%s', async (_name, isWarm) => {
    const { upstream } = await startTestGateway(answer())
    const gateway = await startGatewayTo(upstream, await startSilentServer(), { timeouts })
    if (isWarm) await ask(gateway, { method: 'HEAD', path: '/', access: [] })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const reply = await ask(gateway, { body: '{}' })
    expect(reply.status).toBe(504)
    expect(reply.body.toString()).toContain('CLAUDE_GW_TIMEOUTS_CONNECT')
    expect((await gateway.record(0)).attempts?.[0]?.reason).toMatch(/^connect-timeout/)
  })
})
