import { Agent } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerOf, headBytes } from '../../support/answer.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, closeWhenIdle, cut, dieWhenReused, inTurn, wire } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256, wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw, sendRaw } from '../../support/raw-client.ts'

const BODY = JSON.stringify({ model: 'm', text: 'x'.repeat(300_000) })

describe('T15: upstream connections', () => {
  test('are kept and used again', async () => {
    const gateway = await startTestGateway(answer())
    for (let i = 0; i < 5; i++) await ask(gateway, { body: BODY })
    expect(gateway.upstream.acceptedConnections()).toBe(1)
  })

  test('an own answer to a refused stranger does not cost one', async () => {
    const gateway = await startTestGateway(answer())
    await ask(gateway)
    await ask(gateway, { access: [] })
    await ask(gateway)
    expect(gateway.upstream.acceptedConnections()).toBe(1)
  })

  test('60 requests to an upstream that closes idle ones meet no error', async () => {
    const gateway = await startTestGateway(closeWhenIdle({}, 5, 'fin'))
    for (let i = 0; i < 60; i++) {
      expect((await ask(gateway, { body: '{}' })).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, i % 10))
    }
  })
})

describe('N14: a reused connection that turns out dead', () => {
  test.each(['length', 'chunked'] as const)('is replaced once, with the same bytes (%s)', async (framing) => {
    const gateway = await startTestGateway(dieWhenReused(answer()))
    await ask(gateway)
    expect((await ask(gateway, { body: BODY, framing, writeBytes: 60_000 })).status).toBe(200)
    expect(gateway.upstream.requests.at(-1)?.sha256).toBe(sha256(BODY))
    expect(gateway.upstream.requests.at(-1)?.connection).toBe(2)
    expect(await gateway.record(1)).toMatchObject({
      outcome: 'ok',
      request_bytes: BODY.length,
      attempts: [{ reason: expect.stringMatching(/^dead-socket: /) }],
    })
  })

  test('a request without a body is sent again too', async () => {
    const gateway = await startTestGateway(dieWhenReused(answer()))
    await ask(gateway)
    expect((await ask(gateway, { method: 'GET', path: '/v1/models' })).status).toBe(200)
  })

  test('one that dies later than at once is not: the request may have been at work', async () => {
    const dieLater: Fault = (call) => void setTimeout(() => call.close('rst'), 1_100)
    const gateway = await startTestGateway(inTurn(answer(), dieLater))
    await ask(gateway)
    expect((await ask(gateway, { body: BODY })).status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(2)
  })

  test('a second death is told', async () => {
    const gateway = await startTestGateway(inTurn(answer(), cut({}, 0, 'rst')))
    await ask(gateway)
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(3)
    expect((await gateway.record(1)).attempts).toHaveLength(2)
  })

  test('is not replaced once it brought a byte of the answer', async () => {
    const gateway = await startTestGateway(inTurn(answer(), cut({}, 12, 'rst')))
    await ask(gateway)
    expect((await ask(gateway, { body: BODY })).status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(2)
  })

  test('a new connection that dies is not replaced: the request may have been processed', async () => {
    const gateway = await startTestGateway(cut({}, 0, 'rst'))
    expect((await ask(gateway, { body: BODY })).status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(1)
  })
})

describe('client connections', () => {
  test('N9: carry many requests', async () => {
    const gateway = await startTestGateway(answer())
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    for (let i = 0; i < 20; i++) expect((await ask(gateway, { body: '{}' }, agent)).status).toBe(200)
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1)
  })

  test('pipelined requests are answered in order', async () => {
    const bodies = ['first', 'second', 'third']
    const gateway = await startTestGateway(async (call) => {
      await call.request.arrived
      setTimeout(() => call.response.end(call.request.body), 30 - 10 * call.index)
    })
    const bytes = Buffer.concat(bodies.map((body) => wireRequest(gateway, { body })))
    const reply = await sendRaw(gateway.port, bytes, 300)
    expect(rawAnswers(reply.bytes).map((one) => one.body.toString())).toEqual(bodies)
  })

  test('a cut of the second pipelined answer leaves the first one whole', async () => {
    const gateway = await startTestGateway(
      inTurn(
        answer({ body: 'one' }),
        cut({ body: 'second' }, headBytes(answerOf({ body: 'second' })).length + 2, 'fin'),
      ),
    )
    const reply = await sendRaw(gateway.port, Buffer.concat([wireRequest(gateway), wireRequest(gateway)]))
    const answers = rawAnswers(reply.bytes)
    expect(answers[0]).toMatchObject({ isWhole: true, body: Buffer.from('one') })
    expect(answers[1]?.isWhole ?? false).toBe(false)
    expect(reply.ending).not.toBe('open')
  })

  test('an HTTP/1.0 client gets its answer and the end of the connection', async () => {
    const gateway = await startTestGateway(answer({ body: 'hello', framing: 'chunked' }))
    const bytes = wireRequest(gateway).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0')
    const reply = await sendRaw(gateway.port, bytes)
    expect(reply.ending).toBe('fin')
    expect(reply.text).toMatch(/^HTTP\/1.1 200 OK\r\n(?![\s\S]*Transfer-Encoding)[\s\S]*\r\n\r\nhello$/i)
  })

  test.each([204, 304])('a %i has no body and keeps the connection', async (status) => {
    const gateway = await startTestGateway(
      inTurn(wire(`HTTP/1.1 ${status} X\r\nConnection: close\r\n\r\n`, 'fin'), answer()),
    )
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    await connection.send(wireRequest(gateway))
    await connection.until(({ text }) => text.includes('\r\n\r\n'))
    await connection.send(wireRequest(gateway))
    const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[1]?.isWhole === true)
    expect(rawAnswers(reply.bytes).map((one) => one.status)).toEqual([status, 200])
    expect(rawAnswers(reply.bytes)[0]?.headers.map(([name]) => name)).not.toContain('Transfer-Encoding')
  })
})
