import { expect, test } from 'vitest'
import { answer, choose } from '../../support/faults.ts'
import { startTestGateway, TOKEN } from '../../support/gateway.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { sendRaw } from '../../support/raw-client.ts'

const WARM_UP = { method: 'HEAD', path: '/', access: [] } as const

test('a HEAD without credentials is answered 200 here, not relayed and not recorded', async () => {
  const gateway = await startTestGateway(answer())
  for (const path of ['/', '/api/hello']) {
    const reply = await ask(gateway, { ...WARM_UP, path })
    expect(reply.status).toBe(200)
    expect(JSON.stringify(reply.headers)).not.toMatch(/claude|server/i)
  }
  await ask(gateway)
  expect(gateway.upstream.requests.map((request) => request.method)).toEqual(['POST'])
  expect(gateway.records).toHaveLength(1)
})

test('it opens the upstream connection that the first request takes', async () => {
  const gateway = await startTestGateway(answer())
  await ask(gateway, WARM_UP)
  await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
  await ask(gateway)
  expect(gateway.upstream.acceptedConnections()).toBe(1)
})

test('one that died before its first request is replaced, and the request sent again', async () => {
  const gateway = await startTestGateway(
    choose(({ request }) => (request.connection === 1 ? (call) => call.close('rst') : answer())),
  )
  await ask(gateway, WARM_UP)
  await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
  expect((await ask(gateway)).status).toBe(200)
  expect(await gateway.record(0)).toMatchObject({
    attempts: [{ reason: expect.stringMatching(/^dead-socket: /) }],
  })
})

test('several open one connection', async () => {
  const gateway = await startTestGateway(answer())
  await Promise.all([ask(gateway, WARM_UP), ask(gateway, WARM_UP), ask(gateway, WARM_UP)])
  await ask(gateway)
  await ask(gateway, WARM_UP)
  expect(gateway.upstream.acceptedConnections()).toBe(1)
})

test('an upstream that is away does no harm', async () => {
  const gateway = await startTestGateway(answer())
  await gateway.upstream.close()
  expect((await ask(gateway, WARM_UP)).status).toBe(200)
  expect((await ask(gateway)).status).toBe(502)
})

test('it is still refused to web pages and foreign hosts', async () => {
  const gateway = await startTestGateway(answer())
  expect((await ask(gateway, { ...WARM_UP, headers: [['Origin', 'http://evil.example']] })).status).toBe(403)
  expect((await ask(gateway, { ...WARM_UP, headers: [['Host', 'evil.example']] })).status).toBe(421)
})

test('a HEAD with the token is relayed, without a body and with the length of the answer', async () => {
  const gateway = await startTestGateway(answer({ body: 'hello' }))
  const access = [['X-Api-Key', TOKEN]] as const
  const bytes = wireRequest(gateway, { method: 'HEAD', path: '/v1/models', access })
  const reply = await sendRaw(gateway.port, Buffer.concat([bytes, wireRequest(gateway)]), 200)
  expect(reply.text).toMatch(
    /^HTTP\/1.1 200 OK\r\n[\s\S]*?Content-Length: 5\r\n[\s\S]*?\r\n\r\nHTTP\/1.1 200 OK\r\n/,
  )
  expect(await gateway.record(0)).toMatchObject({ method: 'HEAD', outcome: 'ok', response_bytes: 0 })
})
