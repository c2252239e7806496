import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AgentSettings, Clocks } from '../../../src/network/agent.ts'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import { parseUpstream } from '../../../src/network/url.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'

async function agentTo(fault: Fault, settings?: AgentSettings) {
  const server = await startFaultUpstream(fault)
  onTestFinished(server.close)
  const upstream = createUpstreamAgent(parseUpstream(server.url, false, 'test'), settings)
  onTestFinished(() => upstream.destroy())
  const get = async () => {
    const request = httpRequest({ port: server.port, host: '127.0.0.1', agent: upstream.agent }).end()
    const [response] = await once(request, 'response')
    response.resume()
    await once(response, 'end')
  }
  return { server, upstream, get }
}

describe('idle upstream connections', () => {
  test('close after 55 s', async () => {
    const { upstream } = await agentTo(answer())
    expect(upstream.agent).toMatchObject({ options: { timeout: 55_000, keepAlive: true } })
  })

  test('close when their time is over, a spare one too', async () => {
    const { server, upstream, get } = await agentTo(answer(), {
      limits: { idleSocketMs: 100, maxSockets: 4 },
    })
    await Promise.all([get(), get()])
    expect(server.openConnections()).toBe(2)
    await expect.poll(() => server.openConnections()).toBe(0)
    upstream.warm()
    await expect.poll(() => server.acceptedConnections()).toBe(3)
    await expect.poll(() => server.openConnections()).toBe(0)
  })

  test('are not those that wait for an answer', async () => {
    const slow: Fault = async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      call.response.end('late')
    }
    const { get } = await agentTo(slow, { limits: { idleSocketMs: 50, maxSockets: 4 } })
    await get()
  })
})

describe('after a jump of the wall clock', () => {
  const clocks = { wall: 0, monotonic: 0 }
  const shown: Clocks = { wallMs: () => clocks.wall, monotonicMs: () => clocks.monotonic }
  const pass = (wallMs: number, monotonicMs: number) => {
    clocks.wall += wallMs
    clocks.monotonic += monotonicMs
  }

  test('all idle connections are dropped, the spare one too', async () => {
    const { server, upstream, get } = await agentTo(answer(), { clocks: shown })
    upstream.warm()
    await expect.poll(() => server.openConnections()).toBe(1)
    await Promise.all([get(), get(), get()])
    expect(server.openConnections()).toBe(3)
    pass(3_600_000, 1_000)
    upstream.dropStale()
    await expect.poll(() => server.openConnections()).toBe(0)
    upstream.warm()
    await expect.poll(() => server.openConnections()).toBe(1)
    pass(3_600_000, 1_000)
    upstream.dropStale()
    await expect.poll(() => server.openConnections()).toBe(0)
  })

  test('a connection in use is left alone', async () => {
    const { server, upstream, get } = await agentTo(
      answer({ body: 'x'.repeat(20), chunkBytes: 1, pauseMs: 10 }),
      { clocks: shown },
    )
    const running = get()
    await server.request(0)
    pass(3_600_000, 0)
    upstream.dropStale()
    await running
  })

  test('ordinary time drops nothing', async () => {
    const { server, upstream, get } = await agentTo(answer(), { clocks: shown })
    await get()
    pass(3_600_000, 3_600_000 - 4_000)
    upstream.dropStale()
    await get()
    expect(server.acceptedConnections()).toBe(1)
  })
})
