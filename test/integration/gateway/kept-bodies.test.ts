import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { BodyReference } from '../../../src/exchange/exchange.ts'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'
import { readBody } from '../../../src/log/body-reader.ts'
import type { AnswerParts } from '../../support/answer.ts'
import { answerOf, apiErrorAnswer, headBytes, redirectAnswer } from '../../support/answer.ts'
import { changingSource, injectingFrom } from '../../support/credential-source.ts'
import type { Encoding } from '../../support/encodings.ts'
import { encode } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, answerEarly, cut, inTurn, refuseUpload } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { CREDENTIAL, startTestGateway, TOKEN } from '../../support/gateway.ts'
import { ask, begin } from '../../support/gateway-client.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'what is é?' }] })
const EVENTS = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(50)
const STREAM = {
  headers: [['Content-Type', 'text/event-stream']],
  body: EVENTS,
  framing: 'chunked',
  chunkBytes: 100,
} as const

async function open(fault: Fault, level: 'errors' | 'full' = 'full', overrides: Overrides = {}) {
  const directory = join(temporaryDirectory(), 'bodies')
  const gateway = await startTestGateway(fault, {
    bodies: { level, directory },
    ...overrides,
  })
  /** What is kept of the last exchange, when all is written. */
  const kept = async (index = 0) => {
    const { request_body, response_body, ...record } = await gateway.record(index)
    await gateway.close()
    return {
      record,
      request: await restore(directory, request_body),
      response: await restore(directory, response_body),
    }
  }
  return { ...gateway, kept, directory }
}

async function restore(directory: string, reference: BodyReference | null | undefined) {
  if (!reference) return reference
  const found = await readBody(directory, reference)
  const { redacted, decoded } = reference
  return 'bytes' in found ? { text: found.bytes.toString('latin1'), redacted, decoded } : found.reason
}

function exactly(text: string | Buffer) {
  return { text: Buffer.from(text as Buffer).toString('latin1'), redacted: undefined, decoded: undefined }
}

describe('at level full', () => {
  test('the record of a compressed request has the coding from which it can be decoded', async () => {
    const { kept, ...gateway } = await open(answer())
    const body = gzipSync(BODY)
    await ask(gateway, { body, headers: [['Content-Encoding', 'gzip']] })
    const { record, request } = await kept()
    expect(request).toEqual(exactly(body))
    expect(record.request_headers).toMatchObject({ 'content-encoding': 'gzip' })
  })

  test.each<[string, AnswerParts]>([
    ['a document', {}],
    ['a stream', STREAM],
    ['an error', apiErrorAnswer(529, 'overloaded_error', 'Overloaded')],
    ['bytes that are no text', { body: Buffer.from([0, 255, 254, 10, 0]), headers: [] }],
  ])('both bodies of %s are kept byte for byte', async (_name, parts) => {
    const { kept, ...gateway } = await open(answer(parts))
    await ask(gateway, { body: BODY })
    const { request, response } = await kept()
    expect(request).toEqual(exactly(BODY))
    expect(response).toEqual(exactly(answerOf(parts).body))
  })

  test.each(Object.keys(encode) as Encoding[])(
    'an answer in %s is kept as it is on the wire',
    async (encoding) => {
      const body = encode[encoding](Buffer.from(EVENTS))
      const headers = [
        ['Content-Type', 'text/event-stream'],
        ['Content-Encoding', encoding.replace('-raw', '')],
      ] as const
      const { kept, ...gateway } = await open(answer({ headers, body }))
      await ask(gateway, { body: BODY })
      expect((await kept()).response).toEqual(exactly(body))
    },
  )

  test('a request is kept with the alias that was sent', async () => {
    const { kept, ...gateway } = await open(answer(), 'full', { aliases: { m: 'corp-m' } })
    await ask(gateway, { body: BODY })
    expect((await kept()).request).toEqual(exactly(gateway.upstream.requests[0]?.body as Buffer))
    expect(String(gateway.upstream.requests[0]?.body)).toContain('corp-m')
  })

  test('a chunked request and one of many writes are kept whole', async () => {
    const body = 'x'.repeat(300_000)
    const { kept, ...gateway } = await open(answer())
    await ask(gateway, { body, writeBytes: 1000, framing: 'chunked' })
    expect((await kept()).request).toEqual(exactly(body))
  })

  test('of a request that was sent twice one is kept, with the answer that the client got', async () => {
    const { kept, ...gateway } = await open(
      inTurn(answer(apiErrorAnswer(401, 'x', 'first')), answer(STREAM)),
      'full',
      {
        credentials: injectingFrom(changingSource('the-first-key', 'the-second-key')),
      },
    )
    await ask(gateway, { body: BODY })
    expect(await kept()).toMatchObject({ request: exactly(BODY), response: exactly(EVENTS) })
  })

  test('of an answer that breaks off, what came is kept', async () => {
    const head = headBytes(answerOf(STREAM)).length
    const { kept, ...gateway } = await open(cut(STREAM, head + 500, 'rst'))
    await ask(gateway, { body: BODY })
    const { record, response } = await kept()
    expect(record.outcome).toBe('truncated')
    expect(EVENTS.startsWith((response as { text: string }).text)).toBe(true)
    expect((response as { text: string }).text).toHaveLength(record.response_bytes)
  })

  test('what was not sent, or has no body, has no field', async () => {
    const { kept, ...gateway } = await open(answer({ body: '' }))
    await ask(gateway, { method: 'GET' })
    await ask(gateway, { body: BODY, access: [] })
    const stranger = await gateway.record(1)
    expect([stranger.request_body, stranger.response_body]).toEqual([undefined, undefined])
    expect(await kept()).toMatchObject({ request: undefined, response: undefined })
  })

  test('a redirect leaves the request', async () => {
    const { kept, ...gateway } = await open(answer(redirectAnswer(307, 'https://other.example/')))
    await ask(gateway, { body: BODY })
    expect(await kept()).toMatchObject({ request: exactly(BODY), response: undefined })
  })

  test('a request that did not come whole is not kept, and the record says why', async () => {
    const refusal = apiErrorAnswer(413, 'request_too_large', 'too large')
    const { kept, ...gateway } = await open(refuseUpload(refusal, 10, 'fin'))
    await begin(gateway, { body: 'x'.repeat(4_000_000), writeBytes: 1000 }).catch(() => {})
    const { record, request } = await kept()
    expect(request).toBe(null)
    expect(record.request_body_reason).toBe('the client did not send all of it')
  })

  test('an answer that came before the end of the request does not lose it', async () => {
    const { kept, ...gateway } = await open(answerEarly(STREAM))
    await ask(gateway, { body: 'x'.repeat(200_000), writeBytes: 20_000 })
    const { request } = await kept()
    expect(request === null || (request as { text: string }).text.length === 200_000).toBe(true)
  })

  test('sessions have files of their own', async () => {
    const { kept, directory, ...gateway } = await open(answer())
    for (const id of ['3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f', '../../x'])
      await ask(gateway, { body: BODY, headers: [['X-Claude-Code-Session-Id', id]] })
    await kept()
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    expect(names.filter((name) => name.endsWith('.br'))).toHaveLength(2)
  })
})

describe('at level errors', () => {
  test('only the bodies of what went wrong are kept', async () => {
    const failure = apiErrorAnswer(500, 'api_error', 'no')
    const { kept, ...gateway } = await open(inTurn(answer(STREAM), answer(failure)), 'errors')
    await ask(gateway, { body: BODY })
    await ask(gateway, { body: BODY })
    const fine = await gateway.record(0)
    expect([fine.request_body, fine.response_body]).toEqual([undefined, undefined])
    expect(await kept(1)).toMatchObject({ request: exactly(BODY), response: exactly(failure.body) })
  })

  test('an error within a stream counts, and so does a client that leaves', async () => {
    const events =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n'
    const failing = { ...STREAM, body: events }
    const { kept, ...gateway } = await open(
      inTurn(answer(failing), answer({ ...STREAM, pauseMs: 50 })),
      'errors',
    )
    await ask(gateway, { body: BODY })
    const reply = await begin(gateway, { body: BODY })
    reply.destroy()
    expect((await gateway.record(1)).outcome).toBe('client_aborted')
    expect((await gateway.record(1)).request_body).toBeTruthy()
    expect((await kept()).response).toEqual(exactly(events))
  })
})

describe('secrets', () => {
  const SAID = `your key is ${CREDENTIAL}, your token ${TOKEN}`
  const MASKED = 'your key is [redacted], your token [redacted]'

  test('are masked in a request, also over the border of chunks', async () => {
    const { kept, ...gateway } = await open(answer())
    await ask(gateway, { body: SAID, writeBytes: 3 })
    const { request } = await kept()
    expect(request).toEqual({ text: MASKED, redacted: 2, decoded: undefined })
    expect(String(gateway.upstream.requests[0]?.body)).toBe(SAID)
  })

  test('are masked in an answer, also over the border of chunks', async () => {
    const { kept, ...gateway } = await open(answer({ body: SAID, framing: 'chunked', chunkBytes: 5 }))
    const reply = await ask(gateway, { body: BODY })
    expect(reply.body.toString()).toBe(SAID)
    expect((await kept()).response).toEqual({ text: MASKED, redacted: 2, decoded: undefined })
  })

  test.each(['gzip', 'deflate', 'br', 'zstd'] as const)(
    'are masked in an answer in %s, which is then kept decoded',
    async (encoding) => {
      const body = encode[encoding](Buffer.from(SAID))
      const { kept, ...gateway } = await open(answer({ headers: [['Content-Encoding', encoding]], body }))
      const reply = await ask(gateway, { body: BODY })
      expect(reply.body.equals(body)).toBe(true)
      expect((await kept()).response).toEqual({ text: MASKED, redacted: 2, decoded: true })
    },
  )

  test('are masked in a compressed request', async () => {
    const { kept, ...gateway } = await open(answer())
    await ask(gateway, { body: gzipSync(SAID), headers: [['Content-Encoding', 'gzip']] })
    expect((await kept()).request).toEqual({ text: MASKED, redacted: 2, decoded: true })
  })

  test('are not kept in an answer that nobody here can decode', async () => {
    const { kept, ...gateway } = await open(answer({ headers: [['Content-Encoding', 'rot13']], body: SAID }))
    await ask(gateway, { body: BODY })
    const { record, response } = await kept()
    expect(response).toBe(null)
    expect(record.response_body_reason).toMatch(/cannot be decoded, so a secret in it would not be found/)
  })

  test('that a refused credential was replaced with are masked too, as is the one before', async () => {
    const { kept, ...gateway } = await open(
      inTurn(answer(apiErrorAnswer(401, 'x', 'no')), answer()),
      'full',
      {
        credentials: injectingFrom(changingSource('the-first-key', 'the-second-key')),
      },
    )
    await ask(gateway, { body: 'the-first-key and the-second-key' })
    expect((await kept()).request).toMatchObject({ text: '[redacted] and [redacted]', redacted: 2 })
  })
})

test('an error that repeats what a pattern finds is recorded without it, also where no body is kept', async () => {
  const patterns = [new PatternFinder(['ACME-\\d{6}'])]
  const gateway = await startTestGateway(
    answer(apiErrorAnswer(400, 'invalid_request_error', 'messages.0: who is "ACME-123456"?')),
    { patterns },
  )
  expect((await ask(gateway, { body: BODY })).body.toString()).toContain('ACME-123456')
  expect((await gateway.record(0)).error?.message).toBe('messages.0: who is "[redacted]"?')
})

test('a disk that cannot be written costs bodies, and no exchange', async () => {
  const directory = '/proc/nothing-can-be-made-here'
  const troubles: string[] = []
  const { ...gateway } = await startTestGateway(answer(STREAM), {
    bodies: { level: 'full', directory },
    onTrouble: (reason) => troubles.push(reason),
  })
  onTestFinished(gateway.close)
  const reply = await ask(gateway, { body: BODY })
  expect(reply.body.toString()).toBe(EVENTS)
  expect(await gateway.record(0)).toMatchObject({
    outcome: 'ok',
    request_body: null,
    request_body_reason: 'bodies cannot be written',
    response_body: null,
  })
  expect(troubles).toEqual([expect.stringContaining('cannot keep bodies in /proc/')])
})
