import { describe, expect, test } from 'vitest'
import { answer, inTurn, stall } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

const SHORT = { connectMs: 100, firstByteMs: 150, idleMs: 200 }

describe('T14: silence of the upstream', () => {
  test('before the first byte is a 504 that names the key, and the connection is closed', async () => {
    const gateway = await startTestGateway(stall({}, 0), { timeouts: SHORT })
    const reply = await ask(gateway, { body: '{}' })
    const { error } = JSON.parse(reply.body.toString())
    expect(reply.status).toBe(504)
    expect(error.type).toBe('timeout_error')
    expect(error.message).toContain('CLAUDE_GW_TIMEOUTS_FIRST_BYTE')
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual([])
    await expect.poll(() => gateway.upstream.openConnections()).toBe(0)
    expect(await gateway.record(0)).toMatchObject({
      outcome: 'upstream_error',
      client_status: 504,
      attempts: [{ reason: expect.stringMatching(/^first-byte-timeout/) }],
    })
  })

  test('in the middle of the head counts as before the first byte', async () => {
    const gateway = await startTestGateway(stall({}, 20), { timeouts: SHORT })
    expect((await ask(gateway)).status).toBe(504)
  })

  test('in the middle of the answer breaks it off', async () => {
    const parts = { body: 'x'.repeat(50), framing: 'chunked' } as const
    const gateway = await startTestGateway(stall(parts, 110), { timeouts: SHORT })
    const reply = await ask(gateway)
    expect(reply).toMatchObject({ status: 200, isWhole: false })
    expect((await gateway.record(0)).outcome).toBe('truncated')
    await expect.poll(() => gateway.upstream.openConnections()).toBe(0)
  })

  test('is not what a slow but steady answer is', async () => {
    const parts = { body: 'x'.repeat(10), framing: 'chunked', chunkBytes: 1, pauseMs: 60 } as const
    const gateway = await startTestGateway(answer(parts), { timeouts: SHORT })
    expect(await ask(gateway)).toMatchObject({ isWhole: true, body: Buffer.from('x'.repeat(10)) })
  })

  test('leaves the next request unharmed', async () => {
    const gateway = await startTestGateway(inTurn(stall({}, 0), answer()), { timeouts: SHORT })
    await ask(gateway, { body: '{}' })
    expect((await ask(gateway, { body: '{}' })).status).toBe(200)
  })
})
