import { describe, expect, test } from 'vitest'
import type { ClaudeSources } from '../../../../src/cli/upstream/upstream.ts'
import {
  refuseOwnAddress,
  resolveUpstream,
  withoutOwnGateways,
} from '../../../../src/cli/upstream/upstream.ts'
import { resolveConfig } from '../../../../src/config/config.ts'
import { parseUpstream } from '../../../../src/network/url.ts'

const OWN_URL = 'http://127.0.0.1:4000'
const SERVES = [{ url: OWN_URL, access: { kind: 'token', token: 'cgw-1' } }] as const
const OWN = { ANTHROPIC_BASE_URL: OWN_URL, ANTHROPIC_AUTH_TOKEN: 'cgw-1' }

describe('the upstream in a shell that uses a gateway of ours', () => {
  const marks = { CLAUDE_GW_RUN_ID: 'r', CLAUDE_GW_RUN_URL: OWN_URL }

  test.each([
    [
      'what stood there before',
      { CLAUDE_GW_RUN_OUTER_BASE_URL: 'https://before.example' },
      'https://before.example',
    ],
    ['the API, if nothing did', {}, 'https://api.anthropic.com'],
    ['what was set since', { ANTHROPIC_BASE_URL: 'https://since.example' }, 'https://since.example'],
  ])('is %s', (_case, variables, expected) => {
    expect(upstreamOf({ env: { ...OWN, ...marks, ...variables } })).toBe(expected)
  })
})

describe('what leads back to a gateway of ours is no source', () => {
  test.each(['env', 'managedEnv', 'userEnv'] as const)('%s', (place) => {
    const rest = withoutOwnGateways(sources({ [place]: { ...OWN, OTHER: '1' } }), SERVES)
    expect(rest[place]).toEqual({ OTHER: '1' })
    expect(resolve(rest)).toBe('https://api.anthropic.com')
  })

  test('also where URL and token stand in different places', () => {
    const { ANTHROPIC_BASE_URL, ANTHROPIC_AUTH_TOKEN } = OWN
    const rest = withoutOwnGateways(
      sources({ env: { ANTHROPIC_AUTH_TOKEN }, userEnv: { ANTHROPIC_BASE_URL: `${ANTHROPIC_BASE_URL}/` } }),
      SERVES,
    )
    expect(rest).toMatchObject({ env: {}, userEnv: {} })
  })

  test('a secret path alone is enough', () => {
    const url = `${OWN_URL}/secret`
    const own = sources({ env: { ANTHROPIC_BASE_URL: url } })
    expect(withoutOwnGateways(own, [{ url, access: { kind: 'path' } }]).env).toEqual({})
  })

  test('a port that is another program’s by now stays an upstream', () => {
    const other = sources({ env: { ANTHROPIC_BASE_URL: OWN_URL, ANTHROPIC_AUTH_TOKEN: 'key' } })
    expect(withoutOwnGateways(other, SERVES)).toEqual(other)
  })
})

describe('an upstream that is the gateway itself', () => {
  test.each(['http://127.0.0.1:4000', 'http://localhost:4000/x'])('%s is refused', (text) => {
    const config = resolveConfig({ upstream: text }, {})
    expect(() => refuseOwnAddress(parseUpstream(text, false, ''), 4000, config)).toThrow('--upstream')
  })

  test.each(['http://127.0.0.1:4001', 'http://gateway.example:4000'])('%s is not', (text) => {
    refuseOwnAddress(parseUpstream(text, true, ''), 4000, resolveConfig({}, {}))
  })
})

function sources(given: Partial<ClaudeSources>): ClaudeSources {
  return { env: {}, managedEnv: {}, userEnv: {}, ...given }
}

function resolve(claude: ClaudeSources): string {
  return resolveUpstream(resolveConfig({}, {}), claude).name
}

function upstreamOf(given: Partial<ClaudeSources>): string {
  return resolve(sources(given))
}
