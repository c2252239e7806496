import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import { changingSource, failingSource, fixedSource } from '../../support/credential-source.ts'
import { answer, choose } from '../../support/faults.ts'
import { CREDENTIAL, startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

const SECRET = 'secret-path-of-this-test'
const PASSTHROUGH = {
  access: { kind: 'path', secret: SECRET },
  credentials: { kind: 'passthrough' },
} as const
const ASK = {
  path: `/${SECRET}/v1/messages`,
  access: [['Authorization', 'Bearer own-login']],
  body: '{"model":"m"}',
} as const

const REFUSAL = apiErrorAnswer(401, 'authentication_error', 'no such subscription')
const strict = choose(({ request }) =>
  answer(request.values('x-gateway-key')[0] === 'new' ? {} : { ...REFUSAL, body: REFUSAL.body }),
)

describe('a header from a reference', () => {
  test('goes beside the credential, in place of a header of that name', async () => {
    const extraHeaders = { 'X-Gateway-Key': fixedSource('from-its-source'), 'X-Team': 'blue' }
    const gateway = await startTestGateway(answer(), { extraHeaders })
    await ask(gateway, { headers: [['x-gateway-key', 'from-the-client']] })
    const request = await gateway.upstream.request(0)
    expect(request.values('x-gateway-key')).toEqual(['from-its-source'])
    expect(request.values('x-team')).toEqual(['blue'])
    expect(request.values('authorization')).toEqual([`Bearer ${CREDENTIAL}`])
  })

  test("leaves the client's own login alone in passthrough", async () => {
    const extraHeaders = { 'X-Gateway-Key': fixedSource('from-its-source') }
    const gateway = await startTestGateway(answer(), { ...PASSTHROUGH, extraHeaders })
    await ask(gateway, ASK)
    const request = await gateway.upstream.request(0)
    expect(request.values('x-gateway-key')).toEqual(['from-its-source'])
    expect(request.values('authorization')).toEqual(['Bearer own-login'])
    expect((await gateway.record(0)).credential).toBeUndefined()
  })

  test('is looked up again after a refusal, in passthrough too', async () => {
    const source = changingSource('old', 'new')
    const extraHeaders = { 'X-Gateway-Key': source }
    const gateway = await startTestGateway(strict, { ...PASSTHROUGH, extraHeaders })
    expect((await ask(gateway, ASK)).status).toBe(200)
    expect(gateway.upstream.requests.map((request) => request.values('x-gateway-key')[0])).toEqual([
      'old',
      'new',
    ])
    expect(gateway.upstream.requests[1]?.values('authorization')).toEqual(['Bearer own-login'])
    expect((await gateway.record(0)).attempts).toMatchObject([{ status: 401, reason: 'credential refused' }])
  })

  test('is looked up again where the credential is not to be had anew', async () => {
    const extraHeaders = { 'X-Gateway-Key': changingSource('old', 'new') }
    const gateway = await startTestGateway(strict, { extraHeaders })
    expect((await ask(gateway)).status).toBe(200)
    expect((await gateway.record(0)).credential).toEqual({ source: 'test' })
  })

  test('that cannot be had is a final 401 of ours, and nothing goes upstream', async () => {
    const error = new GatewayError('CREDENTIAL_FAILED', {
      reference: 'r',
      reason: 'gone',
      remedy: 'look there',
    })
    const gateway = await startTestGateway(answer(), {
      extraHeaders: { 'X-Gateway-Key': failingSource(error) },
    })
    const reply = await ask(gateway)
    expect(reply.status).toBe(401)
    expect(reply.body.toString()).toContain('Look there')
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})
