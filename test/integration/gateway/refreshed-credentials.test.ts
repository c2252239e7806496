import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { Credential, CredentialPlan } from '../../../src/credentials/credential.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer, choose, cut } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, sha256, valuesOf } from '../../support/gateway-client.ts'

const REFUSED = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(200_000) }] })

/** Hands out `old` until it is asked anew; many askers at once cause one look-up, as a source promises. */
function createSource(fresh = 'new') {
  let current: Credential = { value: 'old', source: 'test' }
  let lookUps = 0
  let running: Promise<Credential> | undefined
  const lookUp = async () => {
    lookUps += 1
    await new Promise((resolve) => setTimeout(resolve, 20))
    current = { value: fresh, source: 'test' }
    running = undefined
    return current
  }
  const refresh = async (refused: Credential) => {
    if (current.value !== refused.value) return current
    running ??= lookUp()
    return running
  }
  const plan: CredentialPlan = {
    kind: 'inject',
    reference: 'test',
    source: { check: () => {}, current: async () => current, refresh },
    withheld: [],
  }
  return { plan, lookUps: () => lookUps }
}

/** Refuses the old credential. */
const strict = (status = 401) =>
  choose(({ request }) =>
    request.values('authorization')[0] === 'Bearer new'
      ? answer()
      : answer({ ...REFUSED, status, body: REFUSED.body }),
  )

describe('N13: a refused credential', () => {
  test.each([401, 403])('after a %i the same bytes go out once more with the changed one', async (status) => {
    const gateway = await startTestGateway(strict(status), { credentials: createSource().plan })
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
    const gateway = await startTestGateway(strict(), { credentials: createSource().plan })
    expect((await ask(gateway, { body: BODY, framing: 'chunked', writeBytes: 50_000 })).status).toBe(200)
    expect(gateway.upstream.requests[1]?.sha256).toBe(sha256(BODY))
  })

  test('a request without a body is replayed too', async () => {
    const gateway = await startTestGateway(strict(), { credentials: createSource().plan })
    expect((await ask(gateway, { method: 'GET', path: '/v1/models' })).status).toBe(200)
  })

  test('is relayed byte for byte when there is no other', async () => {
    const gateway = await startTestGateway(strict(), { credentials: createSource('old').plan })
    const reply = await ask(gateway, { body: BODY })
    expect(reply).toMatchObject({ status: 401, isWhole: true, body: REFUSED.body })
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await gateway.record(0)).toMatchObject({ status: 401, outcome: 'http_error' })
  })

  test('is relayed when the source fails', async () => {
    const failed = new GatewayError('CREDENTIAL_FAILED', {
      reference: 'test',
      reason: 'gone',
      remedy: 'look',
    })
    const source = {
      check: () => {},
      current: async () => ({ value: 'old', source: 'test' }),
      refresh: () => Promise.reject(failed),
    }
    const credentials: CredentialPlan = { kind: 'inject', reference: 'test', source, withheld: [] }
    const gateway = await startTestGateway(strict(), { credentials })
    expect(await ask(gateway, { body: BODY })).toMatchObject({ status: 401, body: REFUSED.body })
  })

  test('is replayed once, not again when the changed one is refused too', async () => {
    const gateway = await startTestGateway(strict(), { credentials: createSource('other').plan })
    expect(await ask(gateway)).toMatchObject({ status: 401, isWhole: true, body: REFUSED.body })
    expect(gateway.upstream.requests).toHaveLength(2)
  })

  test('a large chunked refusal is relayed whole', async () => {
    const parts = { status: 401, body: 'x'.repeat(500_000), framing: 'chunked', chunkBytes: 10_000 } as const
    const gateway = await startTestGateway(answer(parts), { credentials: createSource('old').plan })
    expect((await ask(gateway)).body.length).toBe(500_000)
  })

  test('a refusal that breaks off is an error at the client', async () => {
    const fault = cut({ ...REFUSED, body: REFUSED.body }, 150, 'rst')
    const gateway = await startTestGateway(fault, { credentials: createSource('old').plan })
    const outcome = await ask(gateway).then(
      (reply) => reply.isWhole,
      () => false,
    )
    expect(outcome).toBe(false)
  })

  test('50 at once cause one look-up', async () => {
    const source = createSource()
    const gateway = await startTestGateway(strict(), { credentials: source.plan })
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask(gateway, { body: '{}' })))
    expect(replies.map((reply) => reply.status)).toEqual(Array(50).fill(200))
    expect(source.lookUps()).toBe(1)
  })
})

test.each(['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED'] as const)(
  '%s is a final 401 of ours',
  async (code) => {
    const error = new GatewayError(code, { upstream: 'u', reference: 'r', reason: 'gone', remedy: 'look' })
    const fail = () => Promise.reject(error)
    const credentials: CredentialPlan = {
      kind: 'inject',
      reference: 'test',
      source: { check: () => {}, current: fail, refresh: fail },
      withheld: [],
    }
    const gateway = await startTestGateway(answer(), { credentials })
    const reply = await ask(gateway, { body: BODY })
    expect(reply.status).toBe(401)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(reply.body.toString()).not.toContain('x-api-key')
    expect(gateway.upstream.requests).toHaveLength(0)
  },
)
