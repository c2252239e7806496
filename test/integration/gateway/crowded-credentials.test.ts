import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { AuthStyle } from '../../../src/credentials/credential.ts'
import type { GatewayOptions } from '../../../src/gateway/gateway-options.ts'
import { createService } from '../../../src/gateway/service.ts'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import { fixedSource } from '../../support/credential-source.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'
import { CREDENTIAL, gatewayOptions, TOKEN } from '../../support/gateway.ts'
import type { HeaderPairs } from '../../support/gateway-client.ts'
import { ask } from '../../support/gateway-client.ts'

const CLIENT_HEADERS: HeaderPairs = [
  ['Authorization', `Bearer ${TOKEN}`],
  ['authorization', 'Bearer of-the-client'],
  ['X-API-Key', 'of-the-client'],
  ['x-api-key', 'of-the-client-again'],
  ['Proxy-Authorization', 'Basic b2YtdGhlLWNsaWVudA=='],
  ['Cookie', 'session=of-the-client'],
  ['X-GATEWAY-KEY', 'of-the-client'],
]

const STYLES: readonly (readonly [style: AuthStyle, ours: HeaderPairs])[] = [
  ['bearer', [['authorization', `Bearer ${CREDENTIAL}`]]],
  ['x-api-key', [['x-api-key', CREDENTIAL]]],
  [
    'both',
    [
      ['authorization', `Bearer ${CREDENTIAL}`],
      ['x-api-key', CREDENTIAL],
    ],
  ],
  ['header:X-Key', [['x-key', CREDENTIAL]]],
]

/** What stands behind the guard of a gateway, with two connections to its upstream. */
async function startCrowd(changes: Partial<GatewayOptions>) {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const options = { ...gatewayOptions(upstream.url), ...changes }
  const agent = createUpstreamAgent(options.upstream, { limits: { idleSocketMs: 5000, maxSockets: 2 } })
  onTestFinished(() => agent.destroy())
  const service = createService(options, agent)
  const server = createServer((request, response) => {
    service.serve(request, response, { kind: 'pass', target: request.url ?? '' })
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { upstream, port: (server.address() as AddressInfo).port }
}

test.each(STYLES)(
  'N5: 1,000 requests over two connections carry ours and only ours: %s',
  async (authStyle, ours) => {
    const { upstream, port } = await startCrowd({
      authStyle,
      extraHeaders: { 'X-Gateway-Key': fixedSource('of-its-source') },
      timeouts: { connectMs: 20_000, firstByteMs: 5000, idleMs: 5000 },
    })
    const access: HeaderPairs = [...CLIENT_HEADERS, ...ours.map(([name]) => [name, 'of-the-client'] as const)]
    const agent = new Agent({ keepAlive: true, maxSockets: 200 })
    onTestFinished(() => agent.destroy())
    const replies = await Promise.all(
      Array.from({ length: 1000 }, () => ask({ port }, { access, body: '{}' }, agent)),
    )
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(upstream.acceptedConnections()).toBe(2)
    const sent = upstream.requests.map(({ headers }) => headers.filter(isCredential).map(inLowerCase).sort())
    expect(sent).toEqual(Array(1000).fill([...ours, ['x-gateway-key', 'of-its-source']].sort()))
  },
)

function isCredential([name, value]: HeaderPairs[number]): boolean {
  return /authorization|key|cookie/i.test(name) || /of-the-client|cgw-/.test(value)
}

function inLowerCase([name, value]: HeaderPairs[number]): HeaderPairs[number] {
  return [name.toLowerCase(), value]
}
