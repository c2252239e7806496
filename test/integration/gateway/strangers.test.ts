import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { answer } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { startTestGateway, TOKEN } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, valuesOf, wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { sendRaw } from '../../support/raw-client.ts'

async function expectRefused(gateway: TestGateway, parts: Ask, status: number): Promise<void> {
  const reply = await sendRaw(gateway.port, wireRequest(gateway, parts))
  const [refusal] = rawAnswers(reply.bytes)
  expect(refusal?.status).toBe(status)
  expect(valuesOf(refusal?.headers ?? [], 'x-should-retry')).toEqual(['false'])
  expect(refusal?.headers.filter(([name]) => /^access-control-/i.test(name))).toEqual([])
  const { type, error } = JSON.parse(refusal?.body.toString() ?? '')
  expect({ type, message: error.message }).toMatchObject({
    type: 'error',
    message: expect.stringMatching(/^claude-gw: /),
  })
  expect(gateway.upstream.requests).toHaveLength(0)
  expect(await gateway.record(0)).toMatchObject({ outcome: 'refused', client_status: status })
}

describe('N2: Host', () => {
  test.each([
    ['another name', [['Host', 'evil.example']]],
    ['another port', [['Host', '127.0.0.1:1']]],
    ['no port', [['Host', '127.0.0.1']]],
    ['a name that begins alike', [['Host', 'localhost.evil.example']]],
  ] as const)('%s is refused', async (_name, headers) => {
    await expectRefused(await startTestGateway(answer()), { headers }, 421)
  })

  test('two of them are refused, even if both are right', async () => {
    const gateway = await startTestGateway(answer())
    const own = ['Host', `127.0.0.1:${gateway.port}`] as const
    await expectRefused(gateway, { headers: [own, own] }, 421)
  })

  test('localhost with the port is let in', async () => {
    const gateway = await startTestGateway(answer())
    expect((await ask(gateway, { headers: [['Host', `localhost:${gateway.port}`]] })).status).toBe(200)
  })
})

describe('N3: web pages', () => {
  test.each([
    ['Origin', 'http://evil.example'],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
  ])('%s: %s is refused', async (name, value) => {
    await expectRefused(await startTestGateway(answer()), { headers: [[name, value]] }, 403)
  })

  test('their preflight is refused', async () => {
    const headers = [
      ['Origin', 'http://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
    ] as const
    await expectRefused(await startTestGateway(answer()), { method: 'OPTIONS', headers, access: [] }, 403)
  })

  test('the fetch of Node.js is none', async () => {
    const gateway = await startTestGateway(answer())
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await fetch(`${gateway.url}/v1/models`, { headers })).status).toBe(200)
  })
})

describe('N4: the token', () => {
  test.each([
    ['none', []],
    ['an empty bearer', [['Authorization', 'Bearer ']]],
    ['a wrong one', [['Authorization', 'Bearer cgw-token-of-this-tesT']]],
    ['a longer one', [['Authorization', `Bearer ${TOKEN}x`]]],
    ['as Basic', [['Authorization', `Basic ${TOKEN}`]]],
    ['in the wrong header', [['X-Token', TOKEN]]],
  ] as const)('%s is refused', async (_name, access) => {
    await expectRefused(await startTestGateway(answer()), { access }, 401)
  })

  test.each([
    ['a bearer', [['Authorization', `Bearer ${TOKEN}`]]],
    ['a bearer in small letters', [['authorization', `bearer ${TOKEN}`]]],
    ['x-api-key', [['X-Api-Key', TOKEN]]],
    [
      'x-api-key beside another bearer',
      [
        ['Authorization', 'Bearer other'],
        ['X-Api-Key', TOKEN],
      ],
    ],
  ] as const)('%s is let in', async (_name, access) => {
    expect((await ask(await startTestGateway(answer()), { access })).status).toBe(200)
  })

  test('a refused upload leaves the connection usable', async () => {
    const gateway = await startTestGateway(answer())
    const refused = wireRequest(gateway, { access: [], body: 'x'.repeat(300_000) })
    const reply = await sendRaw(gateway.port, Buffer.concat([refused, wireRequest(gateway)]), 200)
    expect(rawAnswers(reply.bytes).map((one) => one.status)).toEqual([401, 200])
  })

  test('ten refusals a minute are recorded, the others are answered only', async () => {
    const gateway = await startTestGateway(answer())
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(gateway, { access: [] })))
    expect(replies.map((reply) => reply.status)).toEqual(Array(30).fill(401))
    await ask(gateway)
    expect(gateway.records.map((record) => record.outcome)).toEqual([...Array(10).fill('refused'), 'ok'])
  })
})

test('N1: only the loopback address accepts connections', async () => {
  const gateway = await startTestGateway(answer())
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = addresses.filter((one) => !one.internal && one.family === 'IPv4')
  const attempts = outside.map(
    ({ address }) =>
      new Promise((resolve) => {
        const socket = connect({ host: address, port: gateway.port })
        socket.on('connect', () => resolve('accepted')).on('error', () => resolve('refused'))
        socket.on('close', () => socket.destroy())
      }),
  )
  expect(await Promise.all(attempts)).toEqual(outside.map(() => 'refused'))
})
