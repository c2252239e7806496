import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const MEGABYTE = 1024 ** 2

test('N15: a client that does not read a 100 MB answer costs less than 32 MB', async () => {
  const body = Buffer.alloc(100 * MEGABYTE, 'x')
  const gateway = await startTestGateway(answer({ body, chunkBytes: 65_536 }))
  await ask(gateway, { method: 'HEAD', path: '/warm' })
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  const before = process.memoryUsage().rss
  await connection.send(wireRequest(gateway))
  connection.pause()
  let peak = 0
  for (let i = 0; i < 20; i++) {
    await delay(50)
    peak = Math.max(peak, process.memoryUsage().rss - before)
  }
  expect(peak).toBeLessThan(32 * MEGABYTE)
})

test('it is not cut off as idle, and gets every byte when it reads on', async () => {
  const body = Buffer.alloc(30 * MEGABYTE, 'x')
  const timeouts = { connectMs: 2000, firstByteMs: 2000, idleMs: 100 }
  const gateway = await startTestGateway(answer({ body, chunkBytes: 65_536 }), { timeouts })
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(wireRequest(gateway))
  connection.pause()
  await delay(500)
  connection.resume()
  expect((await gateway.record(0)).outcome).toBe('ok')
})

test('N8: 200 connections that send their heads slowly delay nobody', async () => {
  const gateway = await startTestGateway(answer())
  await ask(gateway)
  for (let i = 0; i < 200; i++) {
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    await connection.send('POST /v1/messages HTTP/1.1\r\nHost: ')
  }
  const startMs = performance.now()
  expect((await ask(gateway, { body: '{}' })).status).toBe(200)
  expect(performance.now() - startMs).toBeLessThan(1000)
})
