import { describe, expect, onTestFinished, test } from 'vitest'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'
import type { GuardSettings } from '../../../src/policies/guard/guard-settings.ts'
import { openPolicies } from '../../../src/policies/index.ts'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, valuesOf, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const NONE: GuardSettings = {
  paths: [],
  models: [],
  tools: [],
  requiredTools: [],
  deny: [],
  flag: [],
  onError: 'closed',
  placeOf: (key) => `\`policies.guard.${key}\` (here)`,
}

/** What becomes of a request. */
async function guarded(settings: Partial<GuardSettings>, body: object, more: Ask = {}) {
  const gateway = await startTestGateway(answer(), {
    policies: openPolicies({ guard: { ...NONE, ...settings } }).list,
  })
  const reply = await ask(gateway, { body: JSON.stringify(body), ...more })
  const { policy } = await gateway.record(0)
  return { ...reply, text: String(reply.body), policy, sent: gateway.upstream.requests.length }
}

describe('models', () => {
  test.each([
    [['claude-*'], 'claude-opus-4-8', true],
    [['claude-*'], 'gpt-5', false],
    [['!*opus*'], 'claude-opus-4-8', false],
    [['!*opus*'], 'claude-haiku-4-5', true],
    [['claude-*', '!*opus*'], 'claude-opus-4-8', false],
  ])('of %j, %s: %s', async (models, model, isLetThrough) => {
    const { status, sent } = await guarded({ models }, { model, messages: [] })
    expect({ status, sent }).toEqual(isLetThrough ? { status: 200, sent: 1 } : { status: 400, sent: 0 })
  })

  test('a request that names none is refused where only some may be asked', async () => {
    expect((await guarded({ models: ['claude-*'] }, { messages: [] })).status).toBe(400)
  })
})

test('a tool that may not be offered ends the request, and the answer names it', async () => {
  const tools = [{ name: 'Read' }, { name: 'mcp__evil__run' }]
  const denied = await guarded({ tools: ['!mcp__*'] }, { model: 'm', messages: [], tools })
  expect(denied).toMatchObject({ status: 400, sent: 0 })
  expect(denied.text).toContain('"type":"invalid_request_error"')
  expect(denied.text).toContain('offers the tool `mcp__evil__run`')
  expect(valuesOf(denied.headers, 'x-should-retry')).toEqual(['false'])
  expect(denied.policy).toEqual([{ rule: 'guard.tools', action: 'deny', count: 1 }])
  expect(
    (await guarded({ tools: ['!mcp__*'] }, { model: 'm', messages: [], tools: tools.slice(0, 1) })).sent,
  ).toBe(1)
})

describe('patterns', () => {
  const finders = [new PatternFinder(['PROJ-[0-9]{4}'])]
  const body = { model: 'm', messages: [{ role: 'user', content: 'PROJ-1234 and PROJ-5678' }] }

  test('of what may not be sent end the request, and neither answer nor record has the text', async () => {
    const { status, sent, text, policy } = await guarded({ deny: finders }, body)
    expect({ status, sent }).toEqual({ status: 400, sent: 0 })
    expect(policy).toEqual([{ rule: 'guard.deny', action: 'deny', count: 2 }])
    expect(text).not.toContain('PROJ-')
  })

  test('of what is counted let it through', async () => {
    const { status, sent, policy } = await guarded({ flag: finders }, body)
    expect({ status, sent }).toEqual({ status: 200, sent: 1 })
    expect(policy).toEqual([{ rule: 'guard.flag', action: 'flag', count: 2 }])
  })

  test('count in each turn of a conversation as if there had been none before', async () => {
    const policies = openPolicies({ guard: { ...NONE, flag: finders } }).list
    const gateway = await startTestGateway(answer(), { policies })
    const user = (content: string) => ({ role: 'user', content })
    const turns = [
      [user('PROJ-1111')],
      [user('PROJ-1111'), user('PROJ-2222 PROJ-3333')],
      [user('nothing'), user('PROJ-2222 PROJ-3333')],
    ]
    for (const messages of turns) await ask(gateway, { body: JSON.stringify({ model: 'm', messages }) })
    const counts = [0, 1, 2].map(async (index) => (await gateway.record(index)).policy?.[0]?.count)
    expect(await Promise.all(counts)).toEqual([1, 3, 2])
  })
})

describe('what cannot be looked through', () => {
  const slow = { deny: [new PatternFinder(['a(.*b)?'])] }
  const long = { model: 'm', messages: [{ role: 'user', content: 'a'.repeat(20_000) }] }
  const gzip: Ask = { headers: [['Content-Encoding', 'gzip']] }

  test.each<[string, Partial<GuardSettings>, object, Ask, string]>([
    ['is compressed', { models: ['m'] }, {}, gzip, 'is compressed'],
    ['is no JSON object, for tools', { tools: ['!x'] }, {}, { body: '[]' }, 'is no JSON object'],
    ['is no JSON object, for models', { models: ['m'] }, {}, { body: '{"model":"m"' }, 'is no JSON object'],
    ['is no JSON object, for patterns', slow, {}, { body: '{} {}' }, 'is no JSON object'],
    ['would take too long', slow, long, {}, 'takes too long'],
  ])('%s: refused, or with `open` sent and flagged', async (_, settings, body, more, reason) => {
    const closed = await guarded(settings, body, more)
    expect(closed).toMatchObject({ status: 400, sent: 0 })
    expect(closed.text).toContain(reason)
    expect(closed.text).toContain('the rule is `policies.guard.onError` (here)')
    expect(closed.policy).toEqual([{ rule: 'guard.unreadable', action: 'deny', count: 1 }])
    const open = await guarded({ ...settings, onError: 'open' }, body, more)
    expect(open).toMatchObject({ status: 200, sent: 1 })
    expect(open.policy).toEqual([{ rule: 'guard.unreadable', action: 'flag', count: 1 }])
  })

  test('for what is only counted is sent in any case', async () => {
    const { status, policy } = await guarded({ flag: slow.deny }, long)
    expect(status).toBe(200)
    expect(policy).toEqual([{ rule: 'guard.unreadable', action: 'flag', count: 1 }])
  })
})

test('a request that is too long is refused with its length', async () => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'a'.repeat(1000) }] }
  const length = JSON.stringify(body).length
  expect((await guarded({ maxBytes: length }, body)).status).toBe(200)
  const denied = await guarded({ maxBytes: length - 1 }, body)
  expect(denied).toMatchObject({ status: 400, sent: 0 })
  expect(denied.text).toContain(
    `has ${length} bytes, and ${length - 1} are allowed. Make the conversation shorter with \`/compact\``,
  )
  expect(denied.policy).toEqual([{ rule: 'guard.size', action: 'deny', count: 1 }])
})

describe('tools that are required', () => {
  const requiredTools = ['mcp__audit__*', 'Read']
  const withTools = (...names: string[]) => ({
    model: 'm',
    messages: [],
    tools: names.map((name) => ({ name })),
  })

  test('must be offered, each of them', async () => {
    const denied = await guarded({ requiredTools }, withTools('Read', 'Bash'))
    expect(denied).toMatchObject({ status: 400, sent: 0 })
    expect(denied.text).toContain('does not offer the tool `mcp__audit__*`, which is required here')
    expect(denied.policy).toEqual([{ rule: 'guard.required-tools', action: 'deny', count: 1 }])
    expect((await guarded({ requiredTools }, withTools('mcp__audit__log', 'Read'))).status).toBe(200)
  })

  test('need not be where none is offered', async () => {
    expect((await guarded({ requiredTools }, withTools())).status).toBe(200)
    expect((await guarded({ requiredTools }, { model: 'm', messages: [] })).status).toBe(200)
  })
})

describe('paths', () => {
  const at = (path: string, more: Ask = {}) =>
    guarded({ paths: ['/v1/*', '!/v1/files*'] }, {}, { path, ...more })

  test('are judged before a body has come', async () => {
    const policies = openPolicies({ guard: { ...NONE, paths: ['!/v1/files*'] } }).list
    const gateway = await startTestGateway(answer(), { policies })
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    const whole = wireRequest(gateway, { path: '/v1/files', body: 'a'.repeat(1000) })
    await connection.send(whole.subarray(0, whole.length - 1000))
    const { text } = await connection.until((reply) => reply.text.includes('guard.paths'))
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })

  test.each(['/v1/models?limit=1', '/v1/messages', '/v1/messages/count_tokens'])(
    '%s passes',
    async (path) => {
      expect(await at(path)).toMatchObject({ status: 200, sent: 1 })
    },
  )

  test.each([
    '/v2/messages',
    '/v1/files',
    '/v1/files/f1/content?x=/v1/messages',
    '/v1/FILES',
    '/v1/%66iles',
    '/v1/%2566iles',
    '/v1/x/..%2ffiles',
    '/v1/x%2f%2e%2e%2ffiles',
    '/v1%2ffiles',
    '/v1/;a=b/files',
    '/v1/..;/files',
    '/v1/messages/%2e%2e%2f%2e%2e%2fadmin',
    '/',
  ])('%s is refused', async (path) => {
    const denied = await at(path, { method: 'GET', body: '' })
    expect(denied).toMatchObject({ status: 400, sent: 0 })
    expect(denied.text).toContain(
      'which is not allowed here. Do without it; the rule is `policies.guard.paths` (here)',
    )
    expect(denied.policy).toEqual([{ rule: 'guard.paths', action: 'deny', count: 1 }])
  })
})

test('a path that is written in another way is no way round the policies', async () => {
  const body = { model: 'gpt-5', messages: [] }
  for (const path of [
    '/v1/message%73',
    '/v1/%6dessages/',
    '/v1/messages;x',
    '/V1/Messages',
    '/v1%2fmessages',
  ])
    expect(await guarded({ models: ['claude-*'] }, body, { path })).toMatchObject({ status: 400, sent: 0 })
})
