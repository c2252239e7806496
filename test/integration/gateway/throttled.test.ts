import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer, inTurn } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(200_000) }] })

const throttled = (headers: Readonly<Record<string, string>> = { 'retry-after': '0' }) =>
  answer(apiErrorAnswer(429, 'rate_limit_error', 'slow down', Object.entries(headers)))
const WORDS = apiErrorAnswer(429, 'rate_limit_error', 'slow down').body

describe('a throttled request', () => {
  test('waits here and goes out again, as often as it takes', async () => {
    const gateway = await startTestGateway(inTurn(throttled(), throttled(), answer()), { retry: '429' })
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    const hashes = gateway.upstream.requests.map((request) => request.sha256)
    expect(hashes).toEqual(Array(3).fill(sha256(BODY)))
    const attempt = { status: 429, reason: expect.stringContaining('throttled') }
    expect(await gateway.record(0)).toMatchObject({
      status: 200,
      outcome: 'ok',
      attempts: [attempt, attempt],
    })
  })

  test('is answered in the words of the upstream when all waiting was of no use', async () => {
    const gateway = await startTestGateway(throttled(), { retry: '429' })
    const reply = await ask(gateway, { body: BODY })
    expect(reply).toMatchObject({ status: 429, body: WORDS })
    expect(gateway.upstream.requests).toHaveLength(6)
    expect((await gateway.record(0)).attempts).toHaveLength(5)
  })

  test.each([
    ['the wait is too long', { 'retry-after': '61' }],
    ['the upstream says that waiting is of no use', { 'retry-after': '0', 'x-should-retry': 'false' }],
    ['a plan is used up', { 'retry-after': '0', 'anthropic-ratelimit-unified-status': 'rejected' }],
  ])('does not wait where %s', async (_, headers) => {
    const gateway = await startTestGateway(inTurn(throttled(headers), answer()), { retry: '429' })
    expect(await ask(gateway, { body: BODY })).toMatchObject({ status: 429, body: WORDS })
    expect(gateway.upstream.requests).toHaveLength(1)
  })

  test('does not wait unless that is configured', async () => {
    const gateway = await startTestGateway(inTurn(throttled(), answer()), { retry: 'connect' })
    expect((await ask(gateway, { body: BODY })).status).toBe(429)
  })

  test('is not sent again once its client has left', async () => {
    const gateway = await startTestGateway(inTurn(throttled({ 'retry-after': '1' }), answer()), {
      retry: '429',
    })
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    await connection.send(wireRequest(gateway, { body: BODY }))
    await (await gateway.upstream.request(0)).arrived
    await delay(200)
    connection.destroy()
    const record = await gateway.record(0)
    expect(record).toMatchObject({ outcome: 'client_aborted', attempts: [{ status: 429 }] })
    // The upstream refused what it was asked, and was asked nothing since.
    expect(record).not.toHaveProperty('cost_usd')
    await delay(1500)
    expect(gateway.upstream.requests).toHaveLength(1)
  })
})
