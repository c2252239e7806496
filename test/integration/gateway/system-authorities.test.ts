import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TlsSettings } from '../../../src/network/secure-context.ts'
import { systemAuthorities } from '../../../src/network/trust-store.ts'
import { proxyAt, startConnectProxy } from '../../support/connect-proxy.ts'
import { answer } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { startGatewayTo, startTestGateway } from '../../support/gateway.ts'
import { ask, sha256 } from '../../support/gateway-client.ts'
import type { ServerIdentity, ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const WARM_UP = { method: 'HEAD', path: '/', access: [] } as const
const BODY = JSON.stringify({ model: 'm', text: 'x'.repeat(300_000) })
const title = `an upstream that only the machine vouches for${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

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

  interface Setup {
    readonly gateway: TestGateway
    /** How often the machine was asked. */
    readonly asked: () => number
  }

  /** @param machine what SSL_CERT_FILE names */
  async function start(
    machine: ThrowawayCa,
    { tls = {}, server = ca.server }: { tls?: TlsSettings; server?: ServerIdentity } = {},
  ): Promise<Setup> {
    let count = 0
    const { upstream } = await startTestGateway(answer(), { tls: server })
    const gateway = await startGatewayTo(upstream, upstream.url, {
      tls: {
        ...tls,
        systemAuthorities: () => {
          count += 1
          return systemAuthorities({ env: { SSL_CERT_FILE: machine.caPath }, platform: 'linux' })
        },
      },
    })
    return { gateway, asked: () => count }
  }

  test('is trusted, and neither client nor record nor upstream see that it took two connections', async () => {
    const { gateway } = await start(ca)
    expect((await ask(gateway, { body: BODY, writeBytes: 50_000 })).status).toBe(200)
    expect(gateway.upstream.requests.map((request) => request.sha256)).toEqual([sha256(BODY)])
    expect(await gateway.record(0)).toMatchObject({ outcome: 'ok', request_bytes: BODY.length })
    expect((await gateway.record(0)).attempts).toBeUndefined()
  })

  test('is trusted by 30 requests at once, and the machine is asked once', async () => {
    const { gateway, asked } = await start(ca)
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(gateway, { body: '{}' })))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await ask(gateway)).status).toBe(200)
    expect(asked()).toBe(1)
  })

  test('is trusted from the warm-up on', async () => {
    const { gateway } = await start(ca)
    await ask(gateway, WARM_UP)
    await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
    expect((await ask(gateway)).status).toBe(200)
    expect(gateway.upstream.acceptedConnections()).toBe(1)
  })

  test('is trusted beside that of tls.ca', async () => {
    const { gateway } = await start(ca, { tls: tlsFiles({ 'tls.ca': other.caPath }) })
    expect((await ask(gateway)).status).toBe(200)
  })

  test('is shown our certificate', async () => {
    const tls = tlsFiles({ 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath })
    const { gateway } = await start(ca, { tls, server: ca.strictServer })
    expect((await ask(gateway)).status).toBe(200)
  })

  test('is trusted behind a proxy that only the machine vouches for', async () => {
    const { upstream } = await startTestGateway(answer(), { tls: ca.server })
    const proxy = await startConnectProxy({ tls: ca.server })
    const env = { SSL_CERT_FILE: ca.caPath }
    const tls = { systemAuthorities: () => systemAuthorities({ env, platform: 'linux' }) }
    const gateway = await startGatewayTo(upstream, upstream.url, { tls, proxy: proxyAt(proxy.url) })
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expect(proxy.connects).toHaveLength(1)
  })

  test('does not make the machine be asked where others vouch for it too', async () => {
    const { gateway, asked } = await start(ca, { tls: tlsFiles({ 'tls.ca': ca.caPath }) })
    expect((await ask(gateway)).status).toBe(200)
    expect(asked()).toBe(0)
  })

  test('is refused where the machine does not, and the machine is asked once', async () => {
    const { gateway, asked } = await start(other)
    for (let i = 0; i < 3; i++) {
      const reply = await ask(gateway, { body: '{}' })
      expect(reply.status).toBe(502)
      expect(reply.body.toString()).toContain('CLAUDE_GW_TLS_CA')
    }
    expect((await gateway.record(0)).attempts).toHaveLength(1)
    expect(gateway.upstream.requests).toHaveLength(0)
    expect(asked()).toBe(1)
  })

  test('is sent not one byte until it is trusted', async () => {
    let bytes = 0
    const server = createTlsServer(other.server, (socket) => {
      socket.on('data', (chunk) => (bytes += chunk.length)).on('error', () => {})
    })
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { gateway } = await start(ca)
    const refused = await startGatewayTo(gateway.upstream, url, {
      tls: {
        systemAuthorities: () => systemAuthorities({ env: { SSL_CERT_FILE: ca.caPath }, platform: 'linux' }),
      },
    })
    expect((await ask(refused, { body: BODY })).status).toBe(502)
    expect(bytes).toBe(0)
  })
})
