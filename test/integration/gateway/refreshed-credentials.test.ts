import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import { changingSource, failingSource, injectingFrom } from '../../support/credential-source.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, choose, cut, inTurn } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256, valuesOf } from '../../support/gateway-client.ts'

const REFUSED = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')
const FAILED = new GatewayError('CREDENTIAL_FAILED', { reference: 'test', reason: 'gone', remedy: 'look' })
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(200_000) }] })

const changing = (next: string | Error) => ({ credentials: injectingFrom(changingSource('old', next)) })

/** Refuses the old credential. */
const strict = (status = 401) =>
  choose(({ request }) =>
    request.values('authorization')[0] === 'Bearer new'
      ? answer()
      : answer({ ...REFUSED, status, body: REFUSED.body }),
  )

describe('N13: a refused credential', () => {
  test.each([401, 403])('after a %i the same bytes go out once more with the changed one', async (status) => {
    const gateway = await startTestGateway(strict(status), changing('new'))
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(200)
    expect(gateway.upstream.requests.map((request) => request.values('authorization')[0])).toEqual([
      'Bearer old',
      'Bearer new',
    ])
    expect(gateway.upstream.requests.map((request) => request.sha256)).toEqual([sha256(BODY), sha256(BODY)])
    expect(await gateway.record(0)).toMatchObject({
      status: 200,
      outcome: 'ok',
      request_bytes: BODY.length,
      attempts: [{ status, reason: 'credential refused' }],
      credential: { source: 'test', refreshed: true },
    })
  })

  test('a chunked upload is replayed too', async () => {
    const gateway = await startTestGateway(strict(), changing('new'))
    expect((await ask(gateway, { body: BODY, framing: 'chunked', writeBytes: 50_000 })).status).toBe(200)
    expect(gateway.upstream.requests[1]?.sha256).toBe(sha256(BODY))
  })

  test('a request without a body is replayed too', async () => {
    const gateway = await startTestGateway(strict(), changing('new'))
    expect((await ask(gateway, { method: 'GET', path: '/v1/models' })).status).toBe(200)
  })

  test('is relayed byte for byte when there is no other', async () => {
    const gateway = await startTestGateway(strict(), changing('old'))
    const reply = await ask(gateway, { body: BODY })
    expect(reply).toMatchObject({ status: 401, isWhole: true, body: REFUSED.body })
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await gateway.record(0)).toMatchObject({ status: 401, outcome: 'http_error' })
  })

  test('is relayed byte for byte when the look-up fails', async () => {
    const gateway = await startTestGateway(strict(), changing(FAILED))
    expect(await ask(gateway, { body: BODY })).toMatchObject({ status: 401, body: REFUSED.body })
    expect(await gateway.record(0)).toMatchObject({ status: 401, outcome: 'http_error' })
  })

  test.each([
    ['brought nothing else', 'old'],
    ['failed', FAILED],
  ])('causes no second look-up right after one that %s', async (_, next) => {
    const source = changingSource('old', next)
    const gateway = await startTestGateway(strict(), { credentials: injectingFrom(source) })
    for (let i = 0; i < 3; i++) {
      expect(await ask(gateway, { body: BODY })).toMatchObject({ status: 401, body: REFUSED.body })
    }
    expect(source.lookUps()).toBe(1)
  })

  test('is replayed once, not again when the changed one is refused too', async () => {
    const gateway = await startTestGateway(strict(), changing('other'))
    expect(await ask(gateway)).toMatchObject({ status: 401, isWhole: true, body: REFUSED.body })
    expect(gateway.upstream.requests).toHaveLength(2)
  })

  test('is replayed past a connection that died while it was idle', async () => {
    const refused = answer({ ...REFUSED, body: REFUSED.body })
    const dead: Fault = ({ close }) => close('rst')
    const slow = answer({ pauseMs: 50 })
    const gateway = await startTestGateway(inTurn(slow, slow, refused, dead, answer()), changing('new'))
    await Promise.all([ask(gateway), ask(gateway)])
    expect((await ask(gateway, { body: BODY })).status).toBe(200)
    expect((await gateway.record(2)).attempts).toMatchObject([
      { status: 401, reason: 'credential refused' },
      { reason: expect.stringMatching(/^dead-socket/) },
    ])
    expect(gateway.upstream.requests[4]?.sha256).toBe(sha256(BODY))
  })

  test('a large chunked refusal is relayed whole', async () => {
    const parts = { status: 401, body: 'x'.repeat(500_000), framing: 'chunked', chunkBytes: 10_000 } as const
    const gateway = await startTestGateway(answer(parts), changing('old'))
    expect((await ask(gateway)).body.length).toBe(500_000)
  })

  test('a refusal that breaks off is an error at the client', async () => {
    const fault = cut({ ...REFUSED, body: REFUSED.body }, 150, 'rst')
    const gateway = await startTestGateway(fault, changing('old'))
    const outcome = await ask(gateway).then(
      (reply) => reply.isWhole,
      () => false,
    )
    expect(outcome).toBe(false)
  })

  test('50 at once cause one look-up, and each goes out once more with its own bytes', async () => {
    const source = changingSource('old', 'new')
    const gateway = await startTestGateway(strict(), { credentials: injectingFrom(source) })
    const bodies = Array.from({ length: 50 }, (_, i) => JSON.stringify({ n: i, text: 'x'.repeat(1000 * i) }))
    const replies = await Promise.all(bodies.map((body) => ask(gateway, { body })))
    expect(replies.map((reply) => reply.status)).toEqual(Array(50).fill(200))
    expect(source.lookUps()).toBe(1)
    const { requests } = gateway.upstream
    const served = requests.filter((request) => request.values('authorization')[0] === 'Bearer new')
    expect(served.map((request) => request.sha256).sort()).toEqual(bodies.map(sha256).sort())
  })
})

test.each(['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED'] as const)(
  '%s is a final 401 of ours',
  async (code) => {
    const error = new GatewayError(code, { upstream: 'u', reference: 'r', reason: 'gone', remedy: 'look' })
    const credentials = injectingFrom(failingSource(error))
    const gateway = await startTestGateway(answer(), { credentials })
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(401)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(reply.body.toString()).not.toContain('x-api-key')
    expect(gateway.upstream.requests).toHaveLength(0)
  },
)
