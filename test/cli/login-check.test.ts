import { describe, expect, onTestFinished, test } from 'vitest'
import type { Answer } from '../support/answer.ts'
import { answerOf, apiErrorAnswer, htmlErrorAnswer, redirectAnswer } from '../support/answer.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, choose } from '../support/faults.ts'
import type { RunOptions } from '../support/login.ts'
import { openLoginUser } from '../support/login.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'
import type { ServerIdentity } from '../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const KEY = 'sk-ant-api03-canary-one'
const BEFORE = 'stored-before'

const reason = secretServiceUnavailable
const noCertificates = opensslUnavailable ? `: ${opensslUnavailable}` : ''

const LIST = answer({ body: '{"data":[]}' })
const NO_LIST = htmlErrorAnswer(404)
const NO_MODEL = apiErrorAnswer(404, 'not_found_error', 'model: claude-haiku-4-5')
const REFUSED = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')
const LIMITED = apiErrorAnswer(429, 'rate_limit_error', 'slow down')
const OVERLOADED = apiErrorAnswer(529, 'overloaded_error', 'Overloaded')

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('the list of models proves a key, with one request', async () => {
    const { run, upstream, service } = await openChecked(LIST)
    const result = await run(['login', '--stdin', '--check'])
    expect(result).toMatchObject({ exitCode: 0, stdout: '' })
    expect(result.stderr).toContain(`${upstream.url} accepts the key`)
    expect(service.lookUp('default')).toBe(KEY)
    expect(upstream.requests.map(({ method, target }) => [method, target])).toEqual([
      ['GET', '/v1/models?limit=1'],
    ])
    expect(upstream.requests[0]?.values('anthropic-version')).toEqual(['2023-06-01'])
    expect(upstream.requests[0]?.body).toHaveLength(0)
  })

  test('without --check nothing is sent', async () => {
    const { run, upstream } = await openChecked(LIST)
    expect(await run(['login', '--stdin'])).toMatchObject({ exitCode: 0 })
    expect(upstream.requests).toEqual([])
  })

  test.each([403, 404, 405, 501])(
    'where the list is answered with %i, the smallest message does',
    async (status) => {
      const { run, upstream } = await openChecked(
        byPath(answerOf({ status }), answerOf({ body: '{"content":[]}' })),
      )
      expect(await run(['login', '--stdin', '--check'])).toMatchObject({ exitCode: 0 })
      const [, message] = upstream.requests
      expect([message?.method, message?.target]).toEqual(['POST', '/v1/messages'])
      expect(JSON.parse(String(message?.body))).toEqual({
        model: 'claude-haiku-4-5',
        max_tokens: 1,
        messages: [{ role: 'user', content: 'hi' }],
      })
    },
  )

  test.each([
    ['a bad request', apiErrorAnswer(400, 'invalid_request_error', 'model: unknown')],
    ['a model that is not there', NO_MODEL],
  ])('a message that is answered with %s proves the key', async (_case, reply) => {
    const { run, service } = await openChecked(byPath(NO_LIST, reply))
    expect(await run(['login', '--stdin', '--check'])).toMatchObject({ exitCode: 0 })
    expect(service.lookUp('default')).toBe(KEY)
  })

  test.each([
    ['the list', answer(REFUSED)],
    ['the message', byPath(NO_LIST, REFUSED)],
    ['both with 403', answer(apiErrorAnswer(403, 'permission_error', 'invalid x-api-key'))],
  ])('a key that is refused for %s is not stored', async (_case, fault) => {
    const { run, service, account } = await openChecked(fault, { default: BEFORE })
    const result = await run(['login', '--stdin', '--check'])
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toMatch(/does not accept the key: HTTP 40[13]: invalid x-api-key\n/)
    expect(service.lookUp('default')).toBe(BEFORE)
    expect(account()).toBeUndefined()
  })

  test.each<[string, Fault, string]>([
    ['an outage', answer(htmlErrorAnswer(503)), 'HTTP 503'],
    ['an overload', answer(OVERLOADED), 'HTTP 529, try again later: Overloaded'],
    ['a rate limit', byPath(NO_LIST, LIMITED), 'HTTP 429, try again later: slow down'],
    ['no such path at all', answer(htmlErrorAnswer(404)), 'HTTP 404'],
    [
      'a page to log in on',
      answer({ body: '<html>Log in</html>' }),
      'HTTP 200, but not what the API would answer',
    ],
    [
      'a redirect',
      answer(redirectAnswer(302, 'https://login.example/?back=1')),
      'HTTP 302, it redirects to https://login.example',
    ],
    ['a connection that is closed', (call) => call.close('rst'), 'ECONNRESET'],
  ])('%s is no proof, and nothing is stored', async (_case, fault, words) => {
    const { run, service, account } = await openChecked(fault, { default: BEFORE })
    const result = await run(['login', '--stdin', '--check'])
    expect(result).toMatchObject({ exitCode: 5, stdout: '' })
    expect(result.stderr).toContain(`gave no proof of the key: `)
    expect(result.stderr).toContain(words)
    expect(service.lookUp('default')).toBe(BEFORE)
    expect(account()).toBeUndefined()
  })

  test.each([
    ['a gateway, as bearer', {}, KEY, { authorization: [`Bearer ${KEY}`], 'x-api-key': [] }],
    ['as `auth` says', { CLAUDE_GW_AUTH: 'header:ApiKey' }, KEY, { apikey: [KEY], authorization: [] }],
    ['as `x-api-key`', { CLAUDE_GW_AUTH: 'x-api-key' }, KEY, { 'x-api-key': [KEY], authorization: [] }],
    [
      'a token of a Claude login, with its beta',
      { CLAUDE_GW_AUTH: 'x-api-key' },
      'sk-ant-oat01-canary',
      {
        authorization: ['Bearer sk-ant-oat01-canary'],
        'anthropic-beta': ['oauth-2025-04-20'],
        'x-api-key': [],
      },
    ],
    [
      'with the extra headers',
      { CLAUDE_GW_HEADERS: '{"X-Team":"search","X-Tenant":"env:TENANT"}', TENANT: 'tenant-secret' },
      KEY,
      { 'x-team': ['search'], 'x-tenant': ['tenant-secret'] },
    ],
  ])('the key is sent as in a run: %s', async (_case, env, input, headers) => {
    const { run, upstream } = await openChecked(LIST)
    expect(await run(['login', '--stdin', '--check'], { env, input })).toMatchObject({ exitCode: 0 })
    const sent = Object.keys(headers).map((name) => [name, upstream.requests[0]?.values(name)])
    expect(Object.fromEntries(sent)).toEqual(headers)
  })

  test('the words of an upstream are shown without its control characters and without secrets', async () => {
    const words = `bad\u001b[31m key ${KEY.slice(0, 9)}\u0007${KEY.slice(9)},\n tenant tenant-secret`
    const { run } = await openChecked(answer(apiErrorAnswer(401, 'authentication_error', words)))
    const env = { CLAUDE_GW_HEADERS: '{"X-Tenant":"env:TENANT"}', TENANT: 'tenant-secret' }
    const { stderr } = await run(['login', '--stdin', '--check'], { env })
    expect(stderr).toContain('HTTP 401: bad key [redacted], tenant [redacted]\n')
  })

  test('a path of the upstream stands before that of the request', async () => {
    const { run, upstream } = await openChecked(LIST)
    const env = { CLAUDE_GW_UPSTREAM: `${upstream.url}/team/v1/` }
    expect(await run(['login', '--stdin', '--check'], { env })).toMatchObject({ exitCode: 0 })
    expect(upstream.requests[0]?.target).toBe('/team/v1/models?limit=1')
  })

  test('--keep --check proves the stored key', async () => {
    const { run, upstream, account } = await openChecked(LIST, { default: BEFORE })
    expect(await run(['login', '--keep', '--check'])).toMatchObject({ exitCode: 0 })
    expect(upstream.requests[0]?.values('authorization')).toEqual([`Bearer ${BEFORE}`])
    expect(account()).toMatchObject({ origin: upstream.url })
  })

  test('--keep --check leaves the origin of a refused key', async () => {
    const { run, account } = await openChecked(answer(REFUSED), { default: BEFORE })
    expect(await run(['login', '--keep', '--check'])).toMatchObject({ exitCode: 4 })
    expect(account()).toBeUndefined()
  })

  test.skipIf(opensslUnavailable).each([
    ['not trusted is no proof', false, 5],
    ['trusted is asked', true, 0],
  ])(
    `an upstream with a private authority that is %s${noCertificates}`,
    async (_case, isTrusted, exitCode) => {
      const ca = createThrowawayCa()
      onTestFinished(ca.remove)
      const { run, upstream } = await openChecked(LIST, {}, ca.server)
      const env: Record<string, string> = isTrusted ? { CLAUDE_GW_TLS_CA: ca.caPath } : {}
      expect(await run(['login', '--stdin', '--check'], { env })).toMatchObject({ exitCode })
      expect(upstream.requests).toHaveLength(isTrusted ? 1 : 0)
    },
  )
})

/** A user in front of an upstream, who gives KEY unless told otherwise. */
async function openChecked(
  fault: Fault,
  secrets: Readonly<Record<string, string>> = {},
  identity?: ServerIdentity,
) {
  const upstream = await startFaultUpstream(fault, identity)
  onTestFinished(upstream.close)
  const { run, ...user } = await openLoginUser('unlocked', secrets)
  return {
    ...user,
    upstream,
    run: (args: readonly string[], { input = KEY, env = {} }: RunOptions = {}) =>
      run(args, { input, env: { CLAUDE_GW_UPSTREAM: upstream.url, ...env } }),
  }
}

function byPath(list: Answer, message: Answer): Fault {
  return choose(({ request }) => answer(request.method === 'GET' ? list : message))
}
