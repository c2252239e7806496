import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { stall } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { wireRequest } from '../../support/gateway-client.ts'
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
