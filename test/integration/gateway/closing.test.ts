import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { stall } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { holdAnswer } from '../../support/held-answer.ts'
import { openRaw } from '../../support/raw-client.ts'

const STREAM = { headers: [['Content-Type', 'text/event-stream']], framing: 'chunked' } as const
const EVENTS = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(50)

test.each([
  ['plain', { ...STREAM, body: EVENTS }],
  [
    'compressed',
    {
      ...STREAM,
      headers: [...STREAM.headers, ['Content-Encoding', 'gzip']] as const,
      body: gzipSync(EVENTS),
    },
  ],
] as const)('a client that leaves a %s answer as the gateway closes has its record', async (_name, parts) => {
  const gateway = await startTestGateway(stall({ ...parts, body: Buffer.from(parts.body) }, 150))
  const connection = await openRaw(gateway.port)
  await connection.send(wireRequest(gateway))
  await connection.until(({ bytes }) => bytes.length > 0)
  connection.reset()
  await gateway.close()
  expect(gateway.records).toMatchObject([{ outcome: 'client_aborted' }])
})

test('a stranger who keeps a CONNECT open does not keep the gateway open', async () => {
  const gateway = await startTestGateway(stall({}, 0))
  const stranger = await openRaw(gateway.port)
  await stranger.send('CONNECT x HTTP/1.1\r\nHost: x\r\n\r\n')
  await stranger.until(({ bytes }) => bytes.length > 0)
  await gateway.close()
  stranger.destroy()
})

test('closing twice is as good as once', async () => {
  const gateway = await startTestGateway(stall({}, 0))
  await gateway.close()
  await gateway.close()
})

describe('while the gateway waits for a running answer', () => {
  test('no new client gets in, and the answer comes whole', async () => {
    const { gateway, connection, release } = await openHeld()
    const closed = gateway.close({ graceMs: 60_000 })
    await expect(openRaw(gateway.port)).rejects.toThrow('ECONNREFUSED')
    release()
    const { text, ending } = await connection.settled(5_000)
    expect(text).toMatch(/begin .*end\r\n0\r\n\r\n$/s)
    expect(ending).toBe('fin')
    connection.destroy()
    await closed
    expect(gateway.records).toMatchObject([{ outcome: 'ok' }])
  })

  test('connections without a request are closed at once, also those that never sent one', async () => {
    const { gateway, connection, release } = await openHeld()
    const silent = await openRaw(gateway.port)
    const kept = await openRaw(gateway.port)
    await kept.send(`HEAD / HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\n\r\n`)
    await kept.until(({ text }) => text.includes('200'))
    const closed = gateway.close({ graceMs: 60_000 })
    for (const other of [silent, kept]) {
      expect((await other.until(() => false, 5_000)).ending).not.toBe('open')
      other.destroy()
    }
    release()
    connection.destroy()
    await closed
  })

  test('a signal cuts it', async () => {
    const { gateway, connection } = await openHeld()
    const stop = new AbortController()
    const closed = gateway.close({ graceMs: 60_000, signal: stop.signal })
    stop.abort()
    await closed
    expect(gateway.records).toMatchObject([{ outcome: 'client_aborted' }])
    connection.destroy()
  })
})

describe('the time without work', () => {
  test('is none while an answer is open, and begins with its end', async () => {
    const { gateway, connection, release } = await openHeld()
    await delay(30)
    expect(gateway.idleMs()).toBe(0)
    release()
    await connection.until(({ text }) => text.endsWith('0\r\n\r\n'))
    connection.destroy()
    await expect.poll(() => gateway.idleMs()).toBeGreaterThan(0)
  })

  test('goes on through refusals', async () => {
    const gateway = await startTestGateway(stall({}, 0))
    await delay(30)
    expect((await ask(gateway, { access: [] })).status).toBe(401)
    expect(gateway.idleMs()).toBeGreaterThanOrEqual(29)
  })
})

/** A client in the middle of an answer. */
async function openHeld() {
  const { fault, release } = holdAnswer()
  const gateway = await startTestGateway(fault)
  const connection = await openRaw(gateway.port)
  await connection.send(wireRequest(gateway))
  await connection.until(({ text }) => text.includes('begin'))
  return { gateway, connection, release }
}
