import { describe, expect, test } from 'vitest'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'
import type { GuardSettings } from '../../../src/policies/guard.ts'
import { openPolicies } from '../../../src/policies/index.ts'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, valuesOf } from '../../support/gateway-client.ts'

const NONE: GuardSettings = { deny: [], flag: [], models: [], tools: [] }

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

  test('cannot look into what is compressed, so it is refused', async () => {
    const headers = [['Content-Encoding', 'gzip']] as const
    expect(await guarded({ deny: finders }, {}, { headers })).toMatchObject({ status: 400, sent: 0 })
  })
})
