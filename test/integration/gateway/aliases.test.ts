import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../../support/answer.ts'
import { changingSource, injectingFrom } from '../../support/credential-source.ts'
import { encode } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, choose, inTurn } from '../../support/faults.ts'
import type { Overrides, TestGateway } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, sha256, wireRequest } from '../../support/gateway-client.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const ALIASES = {
  opus: 'vertex/claude-opus@5',
  'vertex/claude-opus@5': 'never sent',
  café: 'é"\\\n',
  'long-name-of-a-model': 'm',
}
const OPUS = '"vertex/claude-opus@5"'

const start = (overrides: Overrides = {}) => startTestGateway(answer(), { aliases: ALIASES, ...overrides })

/** What the upstream got of a request with this body. */
async function sent(gateway: TestGateway, body: Buffer | string, parts: Ask = {}): Promise<string> {
  await ask(gateway, { ...parts, body })
  const request = gateway.upstream.requests.at(-1)
  expect(request?.values('content-length')).toEqual([String(request?.body.length)])
  expect(request?.values('transfer-encoding')).toEqual([])
  return request?.body.toString() ?? ''
}

describe('the name of an alias is replaced, and nothing else moves', () => {
  test.each([
    ['in a body as it usually is', '{"model":"opus","max_tokens":1}', `{"model":${OPUS},"max_tokens":1}`],
    ['at the end', '{"max_tokens":1,"model":"opus"}', `{"max_tokens":1,"model":${OPUS}}`],
    [
      'between white space',
      '\n{ "model" :\t"opus"\r\n, "n" : 1.0 } ',
      `\n{ "model" :\t${OPUS}\r\n, "n" : 1.0 } `,
    ],
    ['behind a byte order mark', '\uFEFF{"model":"opus"}', `\uFEFF{"model":${OPUS}}`],
    ['spelled with escapes', '{"\\u006dodel":"\\u006f\\u0070us"}', `{"\\u006dodel":${OPUS}}`],
    ['that is not ASCII', '{"model":"caf\\u00e9","a":"é"}', '{"model":"é\\"\\\\\\n","a":"é"}'],
    ['that is longer', '{"model":"long-name-of-a-model"}', '{"model":"m"}'],
    [
      'but not where it stands deeper',
      '{"messages":[{"model":"opus"}],"metadata":{"model":"opus"},"model":"opus","x":"\\"model\\":\\"opus\\""}',
      `{"messages":[{"model":"opus"}],"metadata":{"model":"opus"},"model":${OPUS},"x":"\\"model\\":\\"opus\\""}`,
    ],
    ['of two, the one that counts', '{"model":"opus","model":"opus"}', `{"model":"opus","model":${OPUS}}`],
  ])('%s', async (_, body, expected) => {
    const gateway = await start()
    expect(await sent(gateway, body)).toBe(expected)
  })

  test.each([
    ['names another model', '{"model":"sonnet","metadata":{"model":"opus"}}'],
    ['names a model like a part of Object.prototype', '{"model":"constructor"}'],
    ['names no model', '{"max_tokens":1}'],
    ['has something else for a model', '{"model":["opus"]}'],
    ['names an alias before another model', '{"model":"opus","model":"sonnet"}'],
    ['is no JSON', '{"model":"opus"'],
    ['is no object', '["model","opus"]'],
    ['is empty', ''],
  ])('a body that %s goes out as it is', async (_, body) => {
    const gateway = await start()
    expect(await sent(gateway, body)).toBe(body)
    expect((await gateway.record(0)).upstream_model).toBeUndefined()
  })

  test('in 2 MB, uploaded in any way', async () => {
    const gateway = await start()
    const rest = `"messages":[{"role":"user","content":"${randomBytes(1_000_000).toString('hex')}"}]}`
    for (const framing of ['length', 'chunked'] as const) {
      for (const writeBytes of [3000, 65_536, 4_000_000]) {
        const got = await sent(gateway, `{"model":"opus",${rest}`, { framing, writeBytes })
        expect(sha256(got)).toBe(sha256(`{"model":${OPUS},${rest}`))
      }
    }
  })

  test('of 50 at once, each its own', async () => {
    const gateway = await start()
    const rest = (i: number) => `"n":${i},"text":"${'x'.repeat(2000 * i)}"}`
    const names = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 'opus' : 'sonnet'))
    await Promise.all(names.map((name, i) => ask(gateway, { body: `{"model":"${name}",${rest(i)}` })))
    const expected = names.map((name, i) => `{"model":${name === 'opus' ? OPUS : '"sonnet"'},${rest(i)}`)
    expect(gateway.upstream.requests.map(({ sha256: got }) => got).sort()).toEqual(
      expected.map(sha256).sort(),
    )
  })
})

describe('which requests', () => {
  test.each(['/v1/messages?beta=true', '/v1/messages/count_tokens?beta=true', '/team/v1/messages'])(
    'POST %s names a model',
    async (path) => {
      expect(await sent(await start(), '{"model":"opus"}', { path })).toBe(`{"model":${OPUS}}`)
    },
  )

  test.each([
    ['POST', '/v1/messages/batches'],
    ['POST', '/v1/complete?next=/v1/messages'],
    ['POST', '/v1/messages_of_others'],
    ['PUT', '/v1/messages'],
  ])('%s %s does not', async (method, path) => {
    const gateway = await start()
    for (const framing of ['length', 'chunked'] as const) {
      expect(await sent(gateway, '{"model":"opus"}', { method, path, framing })).toBe('{"model":"opus"}')
    }
  })

  test.each(['gzip', 'deflate', 'br'] as const)(
    'one whose body is coded as %s goes out as it is',
    async (coding) => {
      const gateway = await start()
      const body = encode[coding](Buffer.from('{"model":"opus"}'))
      await ask(gateway, { body, headers: [['Content-Encoding', coding]] })
      expect(gateway.upstream.requests[0]?.sha256).toBe(sha256(body))
    },
  )

  test('one whose body is said to be coded goes out as it is, even if it is not', async () => {
    const headers = [['Content-Encoding', 'gzip']] as const
    expect(await sent(await start(), '{"model":"opus"}', { headers })).toBe('{"model":"opus"}')
  })

  test('one whose coding is said to be none is looked at', async () => {
    const headers = [['Content-Encoding', 'Identity']] as const
    expect(await sent(await start(), '{"model":"opus"}', { headers })).toBe(`{"model":${OPUS}}`)
  })
})

describe('a body streams on as it comes', () => {
  test.each([
    ['without aliases', {}, '/v1/messages'],
    ['on other paths', ALIASES, '/v1/files'],
  ])('%s', async (_, aliases, path) => {
    const gateway = await startTestGateway(answer(), { aliases })
    await beginUpload(gateway, path)
    const request = await gateway.upstream.request(0)
    await request.received(10)
    expect(request.body.toString()).toBe('{"model":"')
  })
})

describe('a body that is held', () => {
  test('does not reach the upstream when its client leaves', async () => {
    const gateway = await start()
    const client = await beginUpload(gateway, '/v1/messages')
    client.reset()
    expect(await gateway.record(0)).toMatchObject({ outcome: 'client_aborted', request_bytes: 10 })
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is refused at once when it is announced as too large', async () => {
    const gateway = await start({ maxBodyBytes: 100 })
    const body = `{"model":"opus","x":"${'x'.repeat(100)}"}`
    expect((await ask(gateway, { body })).status).toBe(413)
    expect((await ask(gateway, { body, framing: 'chunked' })).status).toBe(413)
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('a second attempt sends the same rewritten body', () => {
  const BODY = `{"model":"opus","x":"${'x'.repeat(200_000)}"}`
  const SENT = BODY.replace('"opus"', OPUS)

  test.each(['length', 'chunked'] as const)('after a refused credential, %s', async (framing) => {
    const refused = apiErrorAnswer(401, 'authentication_error', 'no')
    const strict = choose(({ request }) =>
      request.values('authorization')[0] === 'Bearer new'
        ? answer()
        : answer({ ...refused, body: refused.body }),
    )
    const credentials = injectingFrom(changingSource('old', 'new'))
    const gateway = await startTestGateway(strict, { aliases: ALIASES, credentials })
    expect((await ask(gateway, { body: BODY, framing })).status).toBe(200)
    expectSame(gateway, 2)
    expect(await gateway.record(0)).toMatchObject({ upstream_model: ALIASES.opus, status: 200 })
  })

  test('after a connection that had died while it was idle', async () => {
    const dead: Fault = async ({ request, close }) => {
      await request.arrived
      close('rst')
    }
    const gateway = await startTestGateway(inTurn(answer(), dead, answer()), { aliases: ALIASES })
    await ask(gateway, { body: BODY })
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expectSame(gateway, 3)
  })

  function expectSame({ upstream }: TestGateway, count: number): void {
    expect(upstream.requests.map((request) => request.sha256)).toEqual(Array(count).fill(sha256(SENT)))
    const lengths = upstream.requests.map((request) => request.values('content-length')[0])
    expect(lengths).toEqual(Array(count).fill(String(SENT.length)))
  }
})

describe('the record', () => {
  test('has the names asked for, sent and answered, and the size that the client sent', async () => {
    const message = { type: 'message', model: 'claude-opus-5-20261001', usage: { input_tokens: 1 } }
    const gateway = await startTestGateway(answer({ body: JSON.stringify(message) }), { aliases: ALIASES })
    const body = '{"model":"opus","stream":false}'
    await ask(gateway, { body })
    expect(await gateway.record(0)).toMatchObject({
      model: 'opus',
      upstream_model: 'vertex/claude-opus@5',
      response_model: 'claude-opus-5-20261001',
      stream: false,
      request_bytes: body.length,
    })
  })

  test('has no name sent where the alias is the same name', async () => {
    const gateway = await start({ aliases: { opus: 'opus' } })
    expect(await sent(gateway, '{"model":"\\u006fpus"}')).toBe('{"model":"\\u006fpus"}')
    expect((await gateway.record(0)).upstream_model).toBeUndefined()
  })
})

/** Sends the head of a request and the first 10 bytes of its body. */
async function beginUpload(gateway: TestGateway, path: string): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  const body = '{"model":"opus"}'
  await connection.send(wireRequest(gateway, { path, body }).subarray(0, 10 - body.length))
  return connection
}
