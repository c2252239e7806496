import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { AgentSettings, UpstreamAgent } from '../../../src/network/agent.ts'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import { parseUpstream } from '../../../src/network/url.ts'
import type { ConnectProxy, ConnectProxyOptions } from '../../support/connect-proxy.ts'
import { proxyAt, startConnectProxy } from '../../support/connect-proxy.ts'
import type { FaultUpstream } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const title = `connections through a proxy${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

describe.skipIf(opensslUnavailable)(title, () => {
  let ca: ThrowawayCa
  beforeAll(() => {
    ca = createThrowawayCa()
  })
  afterAll(() => ca.remove())

  interface Setup {
    readonly server: FaultUpstream
    readonly proxy: ConnectProxy
    readonly upstream: UpstreamAgent
    readonly get: () => Promise<number | undefined>
  }

  /** An agent whose upstream goes by the name `upstream.test`, which only the proxy can resolve. */
  async function start(settings: AgentSettings = {}, options: ConnectProxyOptions = {}): Promise<Setup> {
    const server = await startFaultUpstream(answer(), ca.server)
    onTestFinished(server.close)
    const proxy = await startConnectProxy(options)
    const url = `https://upstream.test:${server.port}`
    const upstream = createUpstreamAgent(parseUpstream(url, false, 'test'), {
      tls: tlsFiles({ 'tls.ca': ca.caPath }),
      proxy: proxyAt(proxy.url),
      ...settings,
    })
    onTestFinished(() => upstream.destroy())
    const get = async () => {
      const request = httpsRequest(url, { agent: upstream.agent }).end()
      const [response] = await once(request, 'response')
      response.resume()
      await once(response, 'end')
      return response.statusCode
    }
    return { server, proxy, upstream, get }
  }

  test('verify the name of the upstream, and leave it to the proxy to find it', async () => {
    const { proxy, server, get } = await start()
    expect(await get()).toBe(200)
    expect(proxy.connects.map(({ target }) => target)).toEqual([`upstream.test:${server.port}`])
  })

  test('verify the name of the proxy, where it is spoken to over TLS', async () => {
    const proxy = await startConnectProxy({ tls: ca.server })
    const { get } = await start({ proxy: proxyAt(`https://localhost:${proxy.port}`) })
    expect(await get()).toBe(200)
    expect(proxy.serverNames).toEqual(['localhost'])
  })

  test('are refused where the certificate is for another name', async () => {
    const server = await startFaultUpstream(answer(), ca.server)
    onTestFinished(server.close)
    const proxy = await startConnectProxy()
    const url = `https://other.test:${server.port}`
    const { agent, destroy } = createUpstreamAgent(parseUpstream(url, false, 'test'), {
      tls: tlsFiles({ 'tls.ca': ca.caPath }),
      proxy: proxyAt(proxy.url),
    })
    onTestFinished(destroy)
    const failed = once(httpsRequest(url, { agent }).end(), 'response')
    await expect(failed).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    expect(server.requests).toHaveLength(0)
  })

  test('are dropped after a sleep, a spare one too', async () => {
    const clocks = { wall: 0 }
    const { proxy, upstream, get } = await start({
      clocks: { wallMs: () => clocks.wall, monotonicMs: () => 0 },
    })
    await get()
    expect(proxy.openTunnels()).toBe(1)
    clocks.wall += 3_600_000
    upstream.dropStale()
    await expect.poll(() => proxy.openTunnels()).toBe(0)
    upstream.warm()
    await expect.poll(() => proxy.openTunnels()).toBe(1)
    clocks.wall += 3_600_000
    upstream.dropStale()
    await expect.poll(() => proxy.openTunnels()).toBe(0)
    expect(await get()).toBe(200)
  })

  test('close when they were idle for too long', async () => {
    const { proxy, upstream, get } = await start({ limits: { idleSocketMs: 100, maxSockets: 4 } })
    await get()
    await expect.poll(() => proxy.openTunnels()).toBe(0)
    upstream.warm()
    await expect.poll(() => proxy.connects.length).toBe(2)
    await expect.poll(() => proxy.openTunnels()).toBe(0)
  })

  test('are no more than allowed, also while they are being opened', async () => {
    const { proxy, get } = await start({ limits: { idleSocketMs: 5000, maxSockets: 3 } })
    const statuses = await Promise.all(Array.from({ length: 50 }, get))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(proxy.connects).toHaveLength(3)
  })

  test('that fail do not keep the requests waiting that are in line', async () => {
    const { proxy, get } = await start(
      { limits: { idleSocketMs: 5000, maxSockets: 2 } },
      { refusal: 'HTTP/1.1 403 No\r\n\r\n' },
    )
    const results = await Promise.allSettled(Array.from({ length: 20 }, get))
    const codes = results.map((result) => result.status === 'rejected' && result.reason.code)
    expect(new Set(codes)).toEqual(new Set(['PROXY_REFUSED']))
    expect(proxy.connects).toHaveLength(20)
  })

  test('that are opened ahead are dropped after a sleep also while they are under way', async () => {
    const clocks = { wall: 0 }
    const { proxy, upstream } = await start({
      clocks: { wallMs: () => clocks.wall, monotonicMs: () => 0 },
    })
    upstream.warm()
    clocks.wall += 3_600_000
    upstream.dropStale()
    await expect.poll(() => proxy.connects.length).toBe(1)
    await expect.poll(() => proxy.openTunnels()).toBe(0)
  })

  test('to a proxy that does not answer are given up with the agent', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const { upstream } = await start({ proxy: proxyAt(`http://127.0.0.1:${port}`), connectMs: 60_000 })
    upstream.warm()
    const [socket] = await once(silent, 'connection')
    upstream.destroy()
    await once(socket.resume(), 'close')
  })

  test('that are under way are given up with the agent', async () => {
    const { server, proxy, upstream } = await start()
    upstream.warm()
    await expect.poll(() => proxy.connects.length).toBe(1)
    upstream.destroy()
    upstream.warm()
    await expect.poll(() => proxy.openTunnels()).toBe(0)
    await delay(50)
    expect(proxy.connects).toHaveLength(1)
    expect(server.requests).toHaveLength(0)
  })
})
