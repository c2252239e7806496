import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { isGateway } from '../../../src/broker/probe.ts'
import { answer } from '../../support/faults.ts'
import { startTestGateway, TOKEN } from '../../support/gateway.ts'

const ACCESS = { kind: 'token', token: TOKEN } as const

test('a gateway is known by its token', async () => {
  const gateway = await startTestGateway(answer())
  expect(await isGateway(gateway.url, ACCESS)).toBe(true)
  expect(gateway.records).toEqual([])
})

test('a gateway is known by its secret path', async () => {
  const gateway = await startTestGateway(answer(), { access: { kind: 'path', secret: 'secret-path' } })
  expect(await isGateway(gateway.url, { kind: 'path' })).toBe(true)
})

test('a gateway with another token is another one', async () => {
  const gateway = await startTestGateway(answer())
  expect(await isGateway(gateway.url, { kind: 'token', token: 'cgw-other' })).toBe(false)
})

test('a program on that port that says it is claude-gw is none, and is told no secret', async () => {
  const seen: IncomingMessage[] = []
  const url = await startProgram((request, response) => {
    seen.push(request)
    const nonce = String(request.headers['x-claude-gw-nonce'])
    response.writeHead(200, { server: 'claude-gw', 'x-claude-gw-proof': nonce }).end()
  })
  expect(await isGateway(`${url}/secret-path`, { kind: 'path' })).toBe(false)
  expect(await isGateway(url, ACCESS)).toBe(false)
  expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual(['HEAD /', 'HEAD /'])
  expect(JSON.stringify(seen.map((request) => request.rawHeaders))).not.toContain(TOKEN)
})

test('a program that passes the question on to the gateway is none', async () => {
  const gateway = await startTestGateway(answer())
  const url = await startProgram(async (request, response) => {
    const headers = { 'x-claude-gw-nonce': String(request.headers['x-claude-gw-nonce']) }
    const reply = await fetch(gateway.url, { method: 'HEAD', headers })
    response
      .writeHead(reply.status, { 'x-claude-gw-proof': reply.headers.get('x-claude-gw-proof') ?? '' })
      .end()
  })
  expect(await isGateway(url, ACCESS)).toBe(false)
})

test('a port without a program is none', async () => {
  const gateway = await startTestGateway(answer())
  await gateway.close()
  expect(await isGateway(gateway.url, ACCESS)).toBe(false)
})

async function startProgram(
  onRequest: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((request, response) => void onRequest(request, response))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
