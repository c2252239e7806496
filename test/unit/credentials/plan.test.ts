import { describe, expect, test } from 'vitest'
import { planCredential } from '../../../src/credentials/plan.ts'

const NOTHING = { env: {}, mayUseApiKey: true }

describe('planCredential', () => {
  test.each(['passthrough', 'PassThrough'])('%s lets the client’s own through', (reference) => {
    expect(planCredential(reference, 'test', NOTHING)).toEqual({ kind: 'passthrough' })
  })

  test.each(['env:MY_KEY', 'ENV:MY_KEY'])(
    '%s injects that variable and keeps it from the child',
    async (reference) => {
      const plan = planCredential(reference, 'test', { env: { MY_KEY: 'k' }, mayUseApiKey: false })
      if (plan.kind !== 'inject') throw new Error(plan.kind)
      expect(plan.withheld).toEqual(['MY_KEY'])
      expect(plan.style).toBeUndefined()
      expect((await plan.source.current()).value).toBe('k')
    },
  )

  test.each(['env:', 'env:A-B', 'sk-ant-secret', 'file:/x', 'auto:x', ''])('%j is refused', (reference) => {
    expect(() => planCredential(reference, '--credential', NOTHING)).toThrow(/^--credential: `credential`/)
  })

  test('a secret given by mistake is not repeated', () => {
    expect(() => planCredential('sk-ant-secret', 't', NOTHING)).toThrow(/^(?!.*sk-ant)/)
  })
})

describe('auto', () => {
  const KEYS = { ANTHROPIC_AUTH_TOKEN: 'token', ANTHROPIC_API_KEY: 'key' }

  test.each([
    [KEYS, true, ['ANTHROPIC_AUTH_TOKEN'], 'bearer'],
    [{ ANTHROPIC_API_KEY: 'key' }, true, ['ANTHROPIC_API_KEY'], 'x-api-key'],
    [{ ANTHROPIC_AUTH_TOKEN: ' ', ANTHROPIC_API_KEY: 'key' }, true, ['ANTHROPIC_API_KEY'], 'x-api-key'],
  ])('with %o injects', (env, mayUseApiKey, withheld, style) => {
    expect(planCredential('auto', 'test', { env, mayUseApiKey })).toMatchObject({
      kind: 'inject',
      withheld,
      style,
    })
  })

  test('does not move a subscriber to the API key', () => {
    const surroundings = { env: { ANTHROPIC_API_KEY: 'key' }, mayUseApiKey: false }
    expect(planCredential('auto', 'test', surroundings)).toEqual({ kind: 'passthrough' })
  })

  test('without any lets the client’s own through', () => {
    expect(planCredential('auto', 'test', NOTHING)).toEqual({ kind: 'passthrough' })
  })
})
