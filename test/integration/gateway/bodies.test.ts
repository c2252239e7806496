import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../support/encodings.ts'
import { encode } from '../../support/encodings.ts'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256 } from '../../support/gateway-client.ts'

const JSON_BODY = Buffer.from(
  JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hé\u2028' }] }),
)
const SSE_BODY = Buffer.from('event: ping\r\ndata: {"type":"ping"}\r\n\r\n: comment\n\n'.repeat(40))
const BINARY_BODY = randomBytes(5000)
const BODIES: readonly (readonly [name: string, type: string, encoding: Encoding, body: Buffer])[] = [
  ['JSON', 'application/json', 'identity', JSON_BODY],
  ['SSE', 'text/event-stream', 'identity', SSE_BODY],
  ['gzip', 'text/event-stream', 'gzip', SSE_BODY],
  ['deflate', 'application/json', 'deflate', JSON_BODY],
  ['brotli', 'text/event-stream', 'br', SSE_BODY],
  ['zstd', 'text/event-stream', 'zstd', SSE_BODY],
  ['binary', 'application/octet-stream', 'identity', BINARY_BODY],
  ['binary that claims to be gzip', 'application/json', 'gzip', BINARY_BODY],
  ['empty', 'application/json', 'identity', Buffer.alloc(0)],
]

describe('T12, N10: an answer arrives byte for byte', () => {
  for (const [name, type, encoding, plain] of BODIES) {
    const body = name.startsWith('binary') ? plain : encode[encoding](plain)
    const headers = [
      ['Content-Type', type],
      ['Content-Encoding', encoding],
    ] as const
    for (const framing of ['length', 'chunked', 'until-close'] as const) {
      test.each([1, 7, 1000, 1 << 20])(`${name}, ${framing}, in pieces of %i`, async (chunkBytes) => {
        const gateway = await startTestGateway(answer({ headers, body, framing, chunkBytes }))
        const reply = await ask(gateway)
        expect(reply.isWhole).toBe(true)
        expect(sha256(reply.body)).toBe(sha256(body))
        expect(await gateway.record(0)).toMatchObject({ response_bytes: body.length, status: 200 })
      })
    }
  }

  test('32 MB, with a length and in chunks', async () => {
    const body = randomBytes(32 * 1024 ** 2)
    for (const framing of ['length', 'chunked'] as const) {
      const gateway = await startTestGateway(answer({ body, framing, chunkBytes: 65_536 }))
      expect(sha256((await ask(gateway)).body)).toBe(sha256(body))
    }
  })
})

describe('T1, T7, N10: a request arrives byte for byte', () => {
  for (const [name, type, encoding, plain] of BODIES) {
    const body = name.startsWith('binary') ? plain : encode[encoding](plain)
    for (const framing of ['length', 'chunked'] as const) {
      test.each([1, 1000, 1 << 20])(`${name}, ${framing}, in writes of %i`, async (writeBytes) => {
        const gateway = await startTestGateway(answer())
        await ask(gateway, { headers: [['Content-Type', type]], body, framing, writeBytes })
        const request = await gateway.upstream.request(0)
        expect(request.sha256).toBe(sha256(body))
        expect(request.values('content-length')).toEqual([String(body.length)])
        expect(request.values('transfer-encoding')).toEqual([])
        expect(await gateway.record(0)).toMatchObject({ request_bytes: body.length, outcome: 'ok' })
      })
    }
  }

  test.each(['length', 'chunked'] as const)('32 MB, %s', async (framing) => {
    const body = randomBytes(32 * 1024 ** 2)
    const gateway = await startTestGateway(answer())
    await ask(gateway, { body, framing, writeBytes: 65_536 })
    expect((await gateway.upstream.request(0)).sha256).toBe(sha256(body))
  })
})

describe('a body over maxBodyBytes', () => {
  test('is answered 413 from its declared length, and nothing goes upstream', async () => {
    const gateway = await startTestGateway(answer(), { maxBodyBytes: 1000 })
    const reply = await ask(gateway, { body: 'x'.repeat(1001) })
    expect(reply.status).toBe(413)
    expect(JSON.parse(reply.body.toString()).error.type).toBe('request_too_large')
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is answered 413 when its chunks grow over it, and nothing goes upstream', async () => {
    const gateway = await startTestGateway(answer(), { maxBodyBytes: 1000 })
    const reply = await ask(gateway, { body: 'x'.repeat(5000), framing: 'chunked', writeBytes: 500 })
    expect(reply.status).toBe(413)
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is relayed when it has exactly that size', async () => {
    const gateway = await startTestGateway(answer(), { maxBodyBytes: 1000 })
    for (const framing of ['length', 'chunked'] as const) {
      expect((await ask(gateway, { body: 'x'.repeat(1000), framing })).status).toBe(200)
    }
  })
})
