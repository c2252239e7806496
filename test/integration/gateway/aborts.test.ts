import { describe, expect, onTestFinished, test } from 'vitest'
import { answer, inTurn, stall } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { CREDENTIAL, startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const LIMIT_MS = 100
const STREAM = { body: 'data: {}\n\n'.repeat(50), framing: 'chunked', chunkBytes: 10 } as const

async function open(gateway: TestGateway): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  return connection
}

async function startUpload(gateway: TestGateway, parts: Ask, bytes: number): Promise<RawConnection> {
  const connection = await open(gateway)
  const whole = wireRequest(gateway, parts)
  await connection.send(whole.subarray(0, whole.length - bytes))
  return connection
}

/** Milliseconds from a client's leaving to its upstream's noticing. */
async function timeToNotice(gateway: TestGateway, leave: () => void): Promise<number> {
  const request = await gateway.upstream.request(0)
  const leftMs = performance.now()
  leave()
  return (await request.left) - leftMs
}

describe('N12: a client that leaves reaches the upstream within 100 ms', () => {
  for (const how of ['reset', 'destroy'] as const) {
    test(`before the head of the answer, by ${how}`, async () => {
      const gateway = await startTestGateway(stall({}, 0))
      const connection = await startUpload(gateway, { body: '{"model":"m"}' }, 0)
      const tookMs = await timeToNotice(gateway, () => connection[how]())
      expect(tookMs).toBeLessThan(LIMIT_MS)
      expect(await gateway.record(0)).toMatchObject({ outcome: 'client_aborted', request_bytes: 13 })
    })

    test(`in the middle of its upload, by ${how}`, async () => {
      const gateway = await startTestGateway(answer())
      const connection = await startUpload(gateway, { body: 'x'.repeat(200_000) }, 100_000)
      await (await gateway.upstream.request(0)).received(50_000)
      expect(await timeToNotice(gateway, () => connection[how]())).toBeLessThan(LIMIT_MS)
      expect((await gateway.record(0)).outcome).toBe('client_aborted')
    })

    test(`in the middle of the answer, by ${how}`, async () => {
      const gateway = await startTestGateway(stall(STREAM, 200))
      const connection = await startUpload(gateway, {}, 0)
      await connection.until(({ text }) => text.includes('data: '))
      expect(await timeToNotice(gateway, () => connection[how]())).toBeLessThan(LIMIT_MS)
      const record = await gateway.record(0)
      expect(record).toMatchObject({ outcome: 'client_aborted', status: 200 })
      expect(record.response_bytes).toBeGreaterThan(0)
    })
  }

  test('while an answer waits for it to read', async () => {
    const gateway = await startTestGateway(answer({ body: Buffer.alloc(20_000_000), framing: 'chunked' }))
    const connection = await startUpload(gateway, {}, 0)
    await connection.until(({ bytes }) => bytes.length > 0)
    connection.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await timeToNotice(gateway, () => connection.reset())).toBeLessThan(LIMIT_MS)
    expect((await gateway.record(0)).outcome).toBe('client_aborted')
  })
})

test('a client that leaves during a chunked upload sends nothing upstream', async () => {
  const gateway = await startTestGateway(answer())
  const connection = await startUpload(gateway, { body: 'x'.repeat(1000), framing: 'chunked' }, 500)
  await new Promise((resolve) => setTimeout(resolve, 50))
  connection.reset()
  expect((await gateway.record(0)).outcome).toBe('client_aborted')
  expect(gateway.upstream.requests).toHaveLength(0)
})

test('a client that leaves while the credential is looked up sends nothing upstream', async () => {
  let hand: (credential: { value: string; source: string }) => void = () => {}
  const current = () => new Promise<{ value: string; source: string }>((resolve) => (hand = resolve))
  const credentials = {
    kind: 'inject',
    reference: 'test',
    source: { check: () => {}, current, refresh: current },
    withheld: [],
  } as const
  const gateway = await startTestGateway(answer(), { credentials })
  await gateway.load()
  const connection = await startUpload(gateway, { body: '{}' }, 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  connection.reset()
  expect((await gateway.record(0)).outcome).toBe('client_aborted')
  hand({ value: CREDENTIAL, source: 'test' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(gateway.upstream.acceptedConnections()).toBe(0)
})

test('a client that left is recorded once, and the gateway serves on', async () => {
  const gateway = await startTestGateway(inTurn(stall({}, 0), answer()))
  const connection = await startUpload(gateway, {}, 0)
  await gateway.upstream.request(0)
  connection.reset()
  await gateway.record(0)
  expect((await ask(gateway)).status).toBe(200)
  expect(gateway.records.map((record) => record.outcome)).toEqual(['client_aborted', 'ok'])
})

test('a pipelined request whose client leaves is never sent', async () => {
  const gateway = await startTestGateway(stall({}, 0))
  const connection = await open(gateway)
  await connection.send(Buffer.concat([wireRequest(gateway), wireRequest(gateway)]))
  await gateway.upstream.request(0)
  connection.reset()
  await gateway.record(0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(gateway.upstream.requests).toHaveLength(1)
})
