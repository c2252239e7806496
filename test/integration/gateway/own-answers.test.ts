import { describe, expect, test } from 'vitest'
import { apiErrorAnswer, htmlErrorAnswer } from '../../support/answer.ts'
import { answer, cut, wire } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

describe('an upstream that gives no answer', () => {
  test('because nothing listens is a 502 that may be tried again', async () => {
    const gateway = await startTestGateway(answer())
    await gateway.upstream.close()
    const reply = await ask(gateway, { body: '{"model":"m"}' })
    const { type, error } = JSON.parse(reply.body.toString())
    expect(reply.status).toBe(502)
    expect(type).toBe('error')
    expect(error.type).toBe('api_error')
    expect(error.message).toMatch(/^claude-gw: cannot reach http.*ECONNREFUSED/)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual([])
    expect(valuesOf(reply.headers, 'content-type')).toEqual(['application/json'])
    expect(await gateway.record(0)).toMatchObject({
      outcome: 'upstream_error',
      client_status: 502,
      model: 'm',
    })
    expect(await gateway.record(0)).not.toHaveProperty('status')
  })

  test('is tried once more where the policy says so, if no connection stood', async () => {
    const gateway = await startTestGateway(answer(), { retry: 'connect' })
    await gateway.upstream.close()
    expect((await ask(gateway, { body: '{}' })).status).toBe(502)
    expect((await gateway.record(0)).attempts).toHaveLength(2)
  })

  test.each([
    ['a FIN before the head', cut({}, 0, 'fin')],
    ['a FIN in the head', cut({}, 20, 'fin')],
    ['a reset before the head', cut({}, 0, 'rst')],
    ['something that is not HTTP', wire('SSH-2.0-OpenSSH_9.6\r\n', 'stay')],
    [
      'a switch of protocols nobody asked for',
      wire('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay'),
    ],
    ['two lengths', wire('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'stay')],
    ['a head without end', wire(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(100_000)}\r\n\r\n`, 'stay')],
  ])('but %s is a 502 that may be tried again', async (_name, fault) => {
    const gateway = await startTestGateway(fault, { retry: 'connect' })
    const reply = await ask(gateway, { body: '{}' })
    expect(reply.status).toBe(502)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual([])
    expect(await gateway.record(0)).toMatchObject({ outcome: 'upstream_error', answered_by: 'claude-gw' })
    expect(gateway.upstream.requests).toHaveLength(1)
    await expect.poll(() => gateway.upstream.openConnections()).toBe(0)
  })
})

describe('an upstream that answers with an error', () => {
  test.each([
    ['400', apiErrorAnswer(400, 'invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum')],
    ['401', apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')],
    ['429', apiErrorAnswer(429, 'rate_limit_error', 'slow down', [['retry-after', '61']])],
    ['500', apiErrorAnswer(500, 'api_error', 'Internal server error')],
    ['529', apiErrorAnswer(529, 'overloaded_error', 'Overloaded', [['x-should-retry', 'false']])],
    ['an HTML 502', htmlErrorAnswer(502)],
  ])('%s is relayed byte for byte, headers included, and never tried again', async (_name, whole) => {
    const gateway = await startTestGateway(answer({ ...whole, body: whole.body }))
    const reply = await ask(gateway, { body: '{}' })
    expect(reply).toMatchObject({ status: whole.status, body: whole.body, isWhole: true })
    expect(reply.headers.slice(0, whole.headers.length)).toEqual(whole.headers)
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await gateway.record(0)).toMatchObject({
      status: whole.status,
      outcome: 'http_error',
      answered_by: 'upstream',
    })
  })
})
