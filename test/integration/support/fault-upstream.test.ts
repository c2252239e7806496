import { createHash } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { decompress } from 'fzstd'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { answerOf, apiErrorAnswer, headBytes } from '../../support/answer.ts'
import type { Encoding } from '../../support/encodings.ts'
import { encode, ZSTD_SAMPLE } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import {
  answer,
  closeWhenIdle,
  cut,
  dieWhenReused,
  inTurn,
  refuseUpload,
  shortLength,
  stall,
  wire,
} from '../../support/faults.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw, sendRaw } from '../../support/raw-client.ts'
import { createThrowawayCa } from '../../support/throwaway-ca.ts'

const GET = 'GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n'

async function upstreamWith(fault: Fault) {
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  return upstream
}

describe('the recorded request', () => {
  test('has the header lines as they came: order, case and duplicates', async () => {
    const upstream = await upstreamWith(answer())
    await sendRaw(upstream.port, 'GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-B: 1\r\nx-a: 2\r\nX-b: 3\r\n\r\n', 100)
    const request = await upstream.request(0)
    expect(request.target).toBe('/a?b=c')
    expect(request.headers).toEqual([
      ['Host', 'x'],
      ['X-B', '1'],
      ['x-a', '2'],
      ['X-b', '3'],
    ])
    expect(request.values('x-b')).toEqual(['1', '3'])
  })

  test('has the body and its hash', async () => {
    const upstream = await upstreamWith(answer())
    const body = 'two chunks'
    await sendRaw(
      upstream.port,
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n7\r\n chunks\r\n0\r\n\r\n',
      100,
    )
    const request = await upstream.request(0)
    expect(request.body.toString()).toBe(body)
    expect(request.sha256).toBe(createHash('sha256').update(body).digest('hex'))
  })

  test('tells when the client left before the answer', async () => {
    const upstream = await upstreamWith(stall({}, 5))
    const connection = await openRaw(upstream.port)
    await connection.send(GET)
    await connection.until((reply) => reply.bytes.length === 5)
    connection.reset()
    const request = await upstream.request(0)
    expect(await request.left).toBeGreaterThanOrEqual(request.headAtMs)
  })

  test('does not count a connection that the upstream cut as left', async () => {
    const upstream = await upstreamWith(cut({}, 5, 'rst'))
    await sendRaw(upstream.port, GET)
    await vi.waitFor(() => expect(upstream.openConnections()).toBe(0))
    expect((await upstream.request(0)).leftAtMs).toBeUndefined()
  })
})

describe('faults', () => {
  test('an answer keeps its header lines and its connection', async () => {
    const headers = [
      ['X-One', 'a'],
      ['x-ONE', 'b'],
      ['Set-Cookie', 'c'],
    ] as const
    const upstream = await upstreamWith(answer({ headers, body: 'hello' }))
    const reply = await sendRaw(upstream.port, GET + GET, 200)
    const [first, second] = rawAnswers(reply.bytes)
    expect(reply.ending).toBe('open')
    expect(first?.headers.slice(0, 3)).toEqual(headers)
    expect(second?.body.toString()).toBe('hello')
  })

  test.each([1, 3, 64])('a chunked answer comes in chunks of %i', async (chunkBytes) => {
    const upstream = await upstreamWith(answer({ framing: 'chunked', body: 'x'.repeat(64), chunkBytes }))
    const [whole] = rawAnswers((await sendRaw(upstream.port, GET, 200)).bytes)
    expect(whole?.isWhole).toBe(true)
    expect(whole?.body.length).toBe(64)
    expect(whole?.chunkSizes[0]).toBe(chunkBytes)
  })

  test('trailers follow a chunked answer', async () => {
    const upstream = await upstreamWith(answer({ framing: 'chunked', body: 'x', trailers: [['X-Sum', '1']] }))
    const [whole] = rawAnswers((await sendRaw(upstream.port, GET, 200)).bytes)
    expect(whole?.trailers).toEqual([['X-Sum', '1']])
  })

  const head = headBytes(answerOf({ body: 'hello' })).length
  test.each([
    [0, 'fin'],
    [10, 'fin'],
    [head + 2, 'fin'],
    [0, 'rst'],
    [10, 'rst'],
    [head + 2, 'rst'],
  ] as const)('a cut at byte %i by %s', async (byte, how) => {
    const upstream = await upstreamWith(cut({ body: 'hello' }, byte, how))
    const reply = await sendRaw(upstream.port, GET)
    expect(reply.bytes.length).toBe(byte)
    expect(reply.ending).toBe(how)
  })

  test('a short length ends with FIN before the announced end', async () => {
    const upstream = await upstreamWith(shortLength({ body: 'hello' }, 5))
    const reply = await sendRaw(upstream.port, GET)
    const [partial] = rawAnswers(reply.bytes)
    expect(reply.ending).toBe('fin')
    expect(partial).toMatchObject({ isWhole: false, body: Buffer.from('hello') })
  })

  test('faults in turn: 401, then 200', async () => {
    const upstream = await upstreamWith(
      inTurn(answer(apiErrorAnswer(401, 'authentication_error', 'no')), answer()),
    )
    const reply = await sendRaw(upstream.port, GET + GET + GET, 200)
    expect(rawAnswers(reply.bytes).map(({ status }) => status)).toEqual([401, 200, 200])
  })

  test('an upload is refused while it goes on', async () => {
    const upstream = await upstreamWith(
      refuseUpload(apiErrorAnswer(413, 'request_too_large', 'too large'), 1000, 'fin'),
    )
    const connection = await openRaw(upstream.port)
    onTestFinished(() => connection.destroy())
    await connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n')
    await connection.send(Buffer.alloc(2000))
    const reply = await connection.settled(1000)
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(413)
    expect(reply.ending).not.toBe('open')
  })

  test('a reused connection dies at its second request', async () => {
    const upstream = await upstreamWith(dieWhenReused(answer()))
    const connection = await openRaw(upstream.port)
    onTestFinished(() => connection.destroy())
    await connection.send(GET)
    await connection.until((reply) => rawAnswers(reply.bytes)[0]?.isWhole === true)
    await connection.send(GET)
    expect((await connection.settled(1000)).ending).toBe('rst')
    expect(upstream.requests.length).toBe(2)
  })

  test('an idle connection is closed behind its answer', async () => {
    const upstream = await upstreamWith(closeWhenIdle({}, 20, 'fin'))
    const reply = await sendRaw(upstream.port, GET)
    expect(rawAnswers(reply.bytes)[0]?.isWhole).toBe(true)
    expect(reply.ending).toBe('fin')
  })

  test('any bytes go out as they are', async () => {
    const bytes = 'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nok'
    const upstream = await upstreamWith(wire(bytes, 'stay'))
    expect(await sendRaw(upstream.port, GET, 200)).toMatchObject({ text: bytes, ending: 'open' })
  })
})

const DECODERS: Record<Encoding, (bytes: Buffer) => Uint8Array> = {
  identity: (bytes) => bytes,
  gzip: gunzipSync,
  deflate: inflateSync,
  'deflate-raw': inflateRawSync,
  br: brotliDecompressSync,
  zstd: decompress,
}

test.each(Object.keys(DECODERS) as Encoding[])('a body encoded as %s can be decoded', (encoding) => {
  for (const length of [0, 11, 400_000]) {
    const body = Buffer.alloc(length, 'some text ')
    expect(Buffer.from(DECODERS[encoding](encode[encoding](body))).equals(body)).toBe(true)
  }
})

test('the zstd sample can be decoded', () => {
  expect(Buffer.from(decompress(ZSTD_SAMPLE.encoded)).toString()).toBe(ZSTD_SAMPLE.plain)
})

test('with an identity it speaks TLS, and only those who know the authority trust it', async () => {
  const authority = createThrowawayCa()
  onTestFinished(authority.remove)
  const upstream = await startFaultUpstream(answer(), authority.server)
  onTestFinished(upstream.close)
  const outcome = (ca: string | undefined) =>
    new Promise((resolve) => {
      httpsRequest(`${upstream.url}/v1/models`, ca === undefined ? {} : { ca }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        .end()
    })
  expect(await outcome(authority.ca)).toBe(200)
  expect(await outcome(undefined)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
})
