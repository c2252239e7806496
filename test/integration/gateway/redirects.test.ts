import { describe, expect, test } from 'vitest'
import { redirectAnswer } from '../../support/answer.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, wire } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

function redirect(status: number, location: string): Fault {
  const whole = redirectAnswer(status, location)
  return answer({ ...whole, body: whole.body })
}

describe('N6: a redirect is our own final 502', () => {
  test.each([301, 302, 303, 307, 308])('%i', async (status) => {
    const gateway = await startTestGateway(redirect(status, 'https://other.example/v1/messages?key=1'))
    const reply = await ask(gateway, { body: '{"model":"m"}' })
    const { error } = JSON.parse(reply.body.toString())
    expect(reply.status).toBe(502)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(valuesOf(reply.headers, 'location')).toEqual([])
    expect(error.message).toContain('https://other.example')
    expect(error.message).toContain('`upstream`')
    expect(error.message).not.toContain('key=1')
    expect(await gateway.record(0)).toMatchObject({
      status,
      answered_by: 'claude-gw',
      client_status: 502,
      outcome: 'upstream_error',
    })
  })

  test.each([
    ['/elsewhere', 'http://127.0.0.1:'],
    ['//other.example/x', 'http://other.example'],
    ['http://', 'an unreadable URL'],
  ])('to "%s" it names %s', async (location, named) => {
    const reply = await ask(await startTestGateway(redirect(307, location)))
    expect(JSON.parse(reply.body.toString()).error.message).toContain(named)
  })

  test('its body is not waited for', async () => {
    const head = 'HTTP/1.1 307 Temporary Redirect\r\nLocation: https://other.example\r\n'
    const gateway = await startTestGateway(wire(`${head}Content-Length: 10\r\n\r\n`, 'stay'))
    expect((await ask(gateway)).status).toBe(502)
    await expect.poll(() => gateway.upstream.openConnections()).toBe(0)
  })
})

test('a 304 and a 3xx without a target are relayed', async () => {
  for (const status of [300, 302, 304]) {
    const gateway = await startTestGateway(wire(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`, 'stay'))
    expect((await ask(gateway)).status).toBe(status)
  }
})
