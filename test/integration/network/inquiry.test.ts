import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import type { Inquiry, InquiryAnswer, InquiryLimits } from '../../../src/network/inquiry.ts'
import { inquire } from '../../../src/network/inquiry.ts'
import { parseUpstream } from '../../../src/network/url.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer, stall } from '../../support/faults.ts'

const LIMITS = { connectMs: 5_000, answerMs: 5_000 }
const GET: Inquiry = { method: 'GET', path: '/v1/models', headers: {}, body: '' }

test('gives status, place and body of the answer, whatever they say', async () => {
  const upstream = await startUpstream(answer({ status: 307, headers: [['Location', '/x']], body: 'there' }))
  expect(await ask(upstream.url)).toEqual({ status: 307, location: '/x', body: 'there' })
  expect(upstream.requests).toHaveLength(1)
})

test('sends method, headers and body', async () => {
  const upstream = await startUpstream(answer())
  await ask(`${upstream.url}/team`, { method: 'POST', path: '/p', headers: { 'x-a': 'b' }, body: '{}' })
  const [request] = upstream.requests
  expect(request).toMatchObject({ method: 'POST', target: '/team/p' })
  expect(request?.values('x-a')).toEqual(['b'])
  expect(String(request?.body)).toBe('{}')
})

test('leaves no connection behind', async () => {
  const upstream = await startUpstream(answer())
  await ask(upstream.url)
  await expect.poll(() => upstream.openConnections()).toBe(0)
})

test('of an endless answer the beginning is enough', async () => {
  const body = Buffer.alloc(3 * 1024 ** 2, 'x')
  const upstream = await startUpstream(answer({ body }))
  const { body: read } = await ask(upstream.url)
  expect(read.length).toBeGreaterThanOrEqual(1024 ** 2)
  expect(read.length).toBeLessThan(body.length)
})

test('an answer that does not come is given up', async () => {
  const upstream = await startUpstream(() => {})
  await expect(ask(upstream.url, GET, { ...LIMITS, answerMs: 50 })).rejects.toThrow('no answer within 0.05 s')
})

test('an answer that stands still is given up', async () => {
  const upstream = await startUpstream(stall({ body: 'some text' }, 60))
  await expect(ask(upstream.url, GET, { ...LIMITS, answerMs: 50 })).rejects.toThrow('no answer within 0.05 s')
})

test('a connection that is never secured is given up', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as { port: number }
  const asked = ask(`https://127.0.0.1:${port}`, GET, { ...LIMITS, connectMs: 50 })
  await expect(asked).rejects.toThrow('no connection within 0.05 s')
})

async function startUpstream(fault: Fault) {
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  return upstream
}

async function ask(url: string, inquiry = GET, limits: InquiryLimits = LIMITS): Promise<InquiryAnswer> {
  const upstream = parseUpstream(url, false, 'test')
  const agent = createUpstreamAgent(upstream)
  onTestFinished(() => agent.destroy())
  return inquire(upstream, agent, inquiry, limits)
}
