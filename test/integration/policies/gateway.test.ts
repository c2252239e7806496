import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { readBody } from '../../../src/log/body-reader.ts'
import { USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { patternDetector } from '../../../src/policies/detect/pattern-detector.ts'
import { openPolicies } from '../../../src/policies/index.ts'
import type { MaskAction, MaskRule } from '../../../src/policies/mask/masking.ts'
import type { Outcome, Policy } from '../../../src/policies/policy.ts'
import { PolicyList } from '../../../src/policies/policy-list.ts'
import { answerOf, apiErrorAnswer, headBytes } from '../../support/answer.ts'
import { changingSource, failingSource, injectingFrom } from '../../support/credential-source.ts'
import { encode } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, choose, cut, stall } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256, valuesOf, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const MAIL = 'anna.schmidt@firma.de'
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `write "${MAIL}" down` }] })
const PLACEHOLDER = /<EMAIL_[\da-f]{8}>/
const STREAM = [['Content-Type', 'text/event-stream']] as const

function masking(action: MaskAction = 'mask', onError: 'open' | 'closed' = 'closed'): PolicyList {
  const rules = USUAL_DETECTORS.map((detector) => ({ detector, action }))
  return openPolicies({ mask: { rules, key: Buffer.alloc(32, 7), onError } }).list
}

/** The upstream says what it was told, as a message or as a stream whose pieces are so long. */
function echo(pieceLength?: number): Fault {
  return async (call) => {
    await call.request.arrived
    const { messages } = JSON.parse(String(call.request.body))
    const text = String(messages[0].content)
    const message = { type: 'message', role: 'assistant', content: [{ type: 'text', text }] }
    const parts =
      pieceLength === undefined
        ? { body: JSON.stringify(message) }
        : { headers: STREAM, body: eventsOf(text, pieceLength), framing: 'chunked' as const, chunkBytes: 7 }
    await answer(parts)(call)
  }
}

function eventsOf(text: string, pieceLength: number): string {
  const pieces = text.match(new RegExp(`.{1,${pieceLength}}`, 'gs')) ?? []
  const deltas = pieces.map((piece) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: piece },
  }))
  const events = [...deltas, { type: 'content_block_stop', index: 0 }, { type: 'message_stop' }]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

function textOf(stream: string): string {
  const texts = [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).delta?.text)
  return texts.join('')
}

const masked = (fault: Fault, overrides: Overrides = {}) =>
  startTestGateway(fault, { policies: masking(), ...overrides })

describe('with no policy on', () => {
  test('a body streams on before it is whole, headers and answer are as they were', async () => {
    const gateway = await startTestGateway(answer())
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    const parts = { body: BODY, headers: [['Accept-Encoding', 'gzip, br']] as const }
    const whole = wireRequest(gateway, parts)
    await connection.send(whole.subarray(0, whole.length - 5))
    const request = await gateway.upstream.request(0)
    await request.received(BODY.length - 5)
    expect(request.values('accept-encoding')).toEqual(['gzip, br'])
    const reply = await ask(gateway, parts)
    expect(valuesOf(reply.headers, 'content-length')).toEqual([String(reply.body.length)])
    expect(gateway.upstream.requests.at(-1)?.sha256).toBe(sha256(BODY))
    expect((await gateway.record(0)).policy).toBeUndefined()
  })
})

describe('masking', () => {
  test('lets the upstream see placeholders, and the client the values', async () => {
    const gateway = await masked(echo())
    const reply = await ask(gateway, { body: BODY, headers: [['accept-encoding', 'gzip']] })
    const sent = gateway.upstream.requests[0]
    expect(String(sent?.body)).not.toContain(MAIL)
    expect(String(sent?.body)).toMatch(PLACEHOLDER)
    expect(sent?.values('content-length')).toEqual([String(sent?.body.length)])
    expect(sent?.values('accept-encoding')).toEqual(['identity'])
    expect(JSON.parse(String(reply.body)).content[0].text).toBe(`write "${MAIL}" down`)
    const record = await gateway.record(0)
    expect(record.policy).toEqual([{ rule: 'mask.email', action: 'mask', count: 1 }])
    expect(record).toMatchObject({ request_bytes: BODY.length, response_bytes: reply.body.length })
    expect(JSON.stringify(record)).not.toContain(MAIL)
  })

  test.each([1, 3, 10, 1000])('restores in a stream with %i characters an event', async (length) => {
    const gateway = await masked(echo(length))
    const reply = await ask(gateway, { body: BODY })
    expect(reply.isWhole).toBe(true)
    expect(textOf(String(reply.body))).toBe(`write "${MAIL}" down`)
    expect(await gateway.record(0)).toMatchObject({ outcome: 'ok', response_bytes: reply.body.length })
  })

  test('changes nothing where it finds nothing', async () => {
    const gateway = await masked(echo())
    const body = BODY.replace(MAIL, 'it')
    const reply = await ask(gateway, { body, headers: [['Accept-Encoding', 'gzip']] })
    expect(gateway.upstream.requests[0]?.sha256).toBe(sha256(body))
    expect(gateway.upstream.requests[0]?.values('accept-encoding')).toEqual(['gzip'])
    expect(valuesOf(reply.headers, 'content-length')).toEqual([String(reply.body.length)])
    expect((await gateway.record(0)).policy).toBeUndefined()
  })

  test('goes with an alias, and the record has both names', async () => {
    const gateway = await masked(echo(), { aliases: { m: 'the/model@1' } })
    await ask(gateway, { body: BODY })
    const sent = String(gateway.upstream.requests[0]?.body)
    expect(sent.replace(PLACEHOLDER, MAIL)).toBe(BODY.replace('"m"', '"the/model@1"'))
    expect(await gateway.record(0)).toMatchObject({ model: 'm', upstream_model: 'the/model@1' })
  })

  test('keeps bodies as the upstream saw them', async () => {
    const directory = join(temporaryDirectory(), 'bodies')
    const gateway = await masked(echo(5), { bodies: { level: 'full', directory } })
    await ask(gateway, { body: BODY })
    const { request_body, response_body } = await gateway.record(0)
    await gateway.close()
    for (const reference of [request_body, response_body]) {
      const found = reference ? await readBody(directory, reference) : undefined
      const text = found && 'bytes' in found ? found.bytes.toString() : ''
      expect(text).toContain(reference === request_body ? '<EMAIL_' : '<EM')
      expect(text).not.toContain(MAIL)
    }
  })

  test('leaves an error of the upstream as it is', async () => {
    const error = apiErrorAnswer(400, 'invalid_request_error', 'no <EMAIL_00000000>')
    const gateway = await masked(answer(error))
    const reply = await ask(gateway, { body: BODY })
    expect(reply).toMatchObject({ status: 400, body: error.body })
  })

  test.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', (text) => encode.zstd(Buffer.from(text))],
  ])('restores in an answer that is compressed all the same: %s', async (coding, compress) => {
    const headers = [...STREAM, ['Content-Encoding', coding]] as const
    const gateway = await masked(async (call) => {
      await call.request.arrived
      const text = String(JSON.parse(String(call.request.body)).messages[0].content)
      await answer({ headers, body: compress(eventsOf(text.repeat(50), 5)), chunkBytes: 40 })(call)
    })
    const reply = await ask(gateway, { body: BODY })
    expect(textOf(String(reply.body))).toBe(`write "${MAIL}" down`.repeat(50))
    expect(reply.isWhole).toBe(true)
    expect(valuesOf(reply.headers, 'content-encoding')).toEqual([])
    expect(await gateway.record(0)).toMatchObject({ outcome: 'ok', response_bytes: reply.body.length })
  })

  test('gives what there is of a compressed answer that broke off, and no end', async () => {
    const whole = gzipSync(eventsOf(randomBytes(4000).toString('hex'), 5))
    const parts = {
      headers: [...STREAM, ['Content-Encoding', 'gzip']] as const,
      body: whole,
      framing: 'chunked' as const,
    }
    const gateway = await masked(cut(parts, headBytes(answerOf(parts)).length + 4000, 'fin'))
    const reply = await ask(gateway, { body: BODY })
    expect(reply.isWhole).toBe(false)
    expect(String(reply.body)).toContain('content_block_delta')
    expect((await gateway.record(0)).outcome).toBe('truncated')
  })

  test('gives nothing of an answer that is not what its coding says', async () => {
    const headers = [...STREAM, ['Content-Encoding', 'gzip']] as const
    const spoilt = Buffer.concat([gzipSync('data: {}\n\n').subarray(0, 12), Buffer.alloc(60, 7)])
    const gateway = await masked(answer({ headers, body: spoilt }))
    await expect(ask(gateway, { body: BODY })).rejects.toThrow('socket hang up')
    expect((await gateway.record(0)).outcome).toBe('truncated')
  })

  test('gives no answer that is compressed in a way that cannot be read', async () => {
    const headers = [...STREAM, ['Content-Encoding', 'compress']] as const
    const gateway = await masked(answer({ headers, body: 'data: {}\n\n' }))
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(502)
    expect(String(reply.body)).toContain('cannot be read (compress)')
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
  })

  test.each([
    ['compressed', gzipSync(BODY), [['Content-Encoding', 'gzip']] as const],
    ['no JSON', `{"messages":["${MAIL}"`, []],
  ])('refuses a body that is %s, unless it may pass unseen', async (_name, body, headers) => {
    const closed = await masked(answer())
    const refusal = await ask(closed, { body, headers })
    expect(refusal.status).toBe(400)
    expect(String(refusal.body)).toContain('"type":"invalid_request_error"')
    expect(closed.upstream.requests).toHaveLength(0)
    const open = await masked(answer(), { policies: masking('mask', 'open') })
    expect((await ask(open, { body, headers })).status).toBe(200)
    expect(open.upstream.requests[0]?.sha256).toBe(sha256(body))
    const policy = [{ rule: 'mask.unreadable', action: 'flag', count: 1 }]
    expect((await open.record(0)).policy).toEqual(policy)
  })

  test('can refuse a request that holds something, and says what kind', async () => {
    const gateway = await masked(answer(), { policies: masking('deny') })
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(400)
    expect(String(reply.body)).toContain('1 × email')
    expect(String(reply.body)).not.toContain(MAIL)
    expect(gateway.upstream.requests).toHaveLength(0)
    expect(await gateway.record(0)).toMatchObject({
      outcome: 'refused',
      policy: [{ rule: 'mask.email', action: 'deny', count: 1 }],
    })
  })
})

describe('what is held for a request', () => {
  test.each<[string, Fault, Overrides, boolean]>([
    ['is answered', answer(), {}, true],
    ['is answered with an error', answer(apiErrorAnswer(529, 'overloaded_error', 'no')), {}, true],
    ['finds no upstream', ({ close }) => close('rst'), {}, true],
    [
      'gets no credential',
      answer(),
      { credentials: injectingFrom(failingSource(new GatewayError('CREDENTIAL_NOT_FOUND'))) },
      false,
    ],
  ])('is given back once when it %s', async (_name, fault, overrides, hasRecord) => {
    const counting = countingPolicy()
    const gateway = await startTestGateway(fault, { ...overrides, policies: new PolicyList([counting]) })
    await ask(gateway, { body: BODY })
    await gateway.record(0)
    await gateway.close()
    expect(counting.settled).toEqual(counting.asked === 0 ? [] : [hasRecord])
  })

  test('is given back once when its client leaves', async () => {
    const counting = countingPolicy()
    const gateway = await startTestGateway(stall({}, 0), { policies: new PolicyList([counting]) })
    const connection = await openRaw(gateway.port)
    await connection.send(wireRequest(gateway, { body: BODY }))
    await (await gateway.upstream.request(0)).arrived
    connection.reset()
    await gateway.record(0)
    expect(counting).toMatchObject({ asked: 1, settled: [true] })
  })

  test('is given back when the client leaves before a policy has decided', async () => {
    let decide: ((outcome: Outcome) => void) | undefined
    const counting = countingPolicy()
    const slow: Policy = {
      apply: () =>
        new Promise((resolve) => {
          decide = resolve
        }),
    }
    const gateway = await startTestGateway(answer(), { policies: new PolicyList([counting, slow]) })
    const connection = await openRaw(gateway.port)
    await connection.send(wireRequest(gateway, { body: BODY }))
    await expect.poll(() => decide).toBeDefined()
    connection.reset()
    await gateway.record(0)
    decide?.({ decisions: [] })
    await expect.poll(() => counting.settled).toEqual([false])
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is given back when a later policy rejects or fails', async () => {
    for (const apply of [rejecting, failing]) {
      const counting = countingPolicy()
      const gateway = await startTestGateway(answer(), { policies: new PolicyList([counting, { apply }]) })
      expect((await ask(gateway, { body: BODY })).status).toBeGreaterThanOrEqual(400)
      expect(gateway.upstream.requests).toHaveLength(0)
      expect(counting.settled).toEqual([false])
    }
  })
})

test('a second attempt sends the same masked body, and the policies are asked once', async () => {
  const refused = apiErrorAnswer(401, 'authentication_error', 'no')
  const strict = choose(({ request }) =>
    request.values('authorization')[0] === 'Bearer new' ? echo() : answer(refused),
  )
  const counting = countingPolicy()
  const gateway = await startTestGateway(strict, {
    policies: new PolicyList([counting, { apply: (request) => maskOnce.apply(request) }]),
    credentials: injectingFrom(changingSource('old', 'new')),
  })
  const reply = await ask(gateway, { body: BODY })
  expect(String(reply.body)).toContain(MAIL)
  const [first, second] = gateway.upstream.requests
  expect(String(first?.body)).toMatch(PLACEHOLDER)
  expect(second?.sha256).toBe(first?.sha256)
  expect(counting.asked).toBe(1)
})

const maskOnce: Policy = {
  apply: async (request) => {
    const { decisions, body, answer: restoring } = await masking().decide(request)
    const edits = body ? [{ start: 0, end: request.body.length, bytes: body }] : []
    return { decisions, edits, ...(restoring && { answer: restoring }) }
  },
}

const rejecting = (): Outcome => ({ decisions: [], rejection: new GatewayError('MASK_DENIED') })
const failing = (): Outcome => {
  throw new Error('a fault of its own')
}

/** Notes whether each request that it was asked about had a record when it was settled. */
function countingPolicy() {
  const settled: boolean[] = []
  const policy = {
    asked: 0,
    settled,
    apply: (): Outcome => {
      policy.asked += 1
      return { decisions: [], settle: (record) => settled.push(record !== undefined) }
    },
  }
  return policy
}

describe('patterns of the user', () => {
  const TEXT = 'EMP-123456 asks for ünit-7.corp.example'
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: TEXT }] })
  const staff = patternDetector('staff-id', 'EMP-\\d{6}', 256)
  const host = patternDetector('internal-host', '(ü|[a-z0-9-])+\\.corp\\.example', 256)
  const open = (rules: readonly MaskRule[], onError: 'open' | 'closed' = 'closed') =>
    openPolicies({ mask: { rules, key: Buffer.alloc(32, 7), onError } }).list

  test('each with its action: one value is restored in the answer, the other gone for good', async () => {
    const policies = open([
      { detector: staff, action: 'irreversible' },
      { detector: host, action: 'mask' },
    ])
    const gateway = await startTestGateway(echo(3), { policies })
    const reply = await ask(gateway, { body })
    const sent = String(gateway.upstream.requests[0]?.body)
    expect(sent).toMatch(/"\[STAFF_ID\] asks for <INTERNAL_HOST_[\da-f]{8}>"/)
    expect(textOf(String(reply.body))).toBe('[STAFF_ID] asks for ünit-7.corp.example')
    expect((await gateway.record(0)).policy).toEqual([
      { rule: 'mask.staff-id', action: 'mask', count: 1 },
      { rule: 'mask.internal-host', action: 'mask', count: 1 },
    ])
  })

  test.each([
    ['closed', 400, 'deny'],
    ['open', 200, 'flag'],
  ] as const)('that would take too long: %s', async (onError, status, action) => {
    const slow = patternDetector('slow', 'a[ab]*c', 8192)
    const gateway = await startTestGateway(answer(), {
      policies: open([{ detector: slow, action: 'mask' }], onError),
    })
    const content = `${'a'.repeat(20_000)}c`
    const reply = await ask(gateway, {
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
    })
    expect(reply.status).toBe(status)
    if (status === 400)
      expect(String(reply.body)).toContain('a pattern of policies.patterns would take too long')
    expect((await gateway.record(0)).policy).toEqual([{ rule: 'mask.unreadable', action, count: 1 }])
  })
})
