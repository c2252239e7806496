import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createSend } from '../../../src/gateway/attempt.ts'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import { parseUpstream } from '../../../src/network/url.ts'
import type { Fault, FaultUpstream } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'

interface Crowd {
  readonly upstream: FaultUpstream
  /** Sends one request, and gives what came of it. */
  readonly post: () => Promise<string>
}

/** A server that does nothing but send each request on, over very few connections. */
async function startCrowd(fault: Fault, maxSockets: number, connectMs: number): Promise<Crowd> {
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  const parsed = parseUpstream(upstream.url, false, 'test')
  const agent = createUpstreamAgent(parsed, { limits: { idleSocketMs: 5000, maxSockets } })
  onTestFinished(() => agent.destroy())
  const send = createSend(parsed, agent, { connectMs, firstByteMs: 5000 })
  const server = createServer((request, response) => {
    send({
      request,
      response,
      path: request.url ?? '',
      headers: { Authorization: 'Bearer injected', 'content-length': '5' },
      chunks: undefined,
      onAnswer: (upstreamAnswer) => upstreamAnswer.resume().on('end', () => response.end('answered')),
      onFailure: ({ kind }) => response.end(kind),
    })
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/messages`
  return { upstream, post: async () => (await fetch(url, { method: 'POST', body: 'hello' })).text() }
}

test('T4, N5: 1,000 requests over two connections all carry the credential', async () => {
  const { upstream, post } = await startCrowd(answer(), 2, 20_000)
  const answers = await Promise.all(Array.from({ length: 1000 }, post))
  expect(new Set(answers)).toEqual(new Set(['answered']))
  const sent = upstream.requests.flatMap((request) => request.values('authorization'))
  expect(sent).toEqual(Array(1000).fill('Bearer injected'))
  expect(upstream.acceptedConnections()).toBe(2)
})

test('a request that got no connection in time is not sent when one is free', async () => {
  const slow = answer({ body: 'x'.repeat(5), chunkBytes: 1, pauseMs: 80 })
  const { upstream, post } = await startCrowd(slow, 1, 100)
  const first = post()
  await upstream.request(0)
  expect(await post()).toBe('connect-timeout')
  expect(await first).toBe('answered')
  expect(await post()).toBe('answered')
  expect(upstream.requests).toHaveLength(2)
})
