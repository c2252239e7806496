import { describe, expect, test } from 'vitest'
import { resolveConfig } from '../../../src/config/config.ts'
import { environmentName } from '../../../src/config/schema.ts'

describe('resolveConfig', () => {
  test('a flag is above a variable is above the default, and each says where it is from', () => {
    const { values, origins } = resolveConfig(
      { profile: 'flag', upstream: 'https://flag.example' },
      { CLAUDE_GW_PROFILE: 'variable', CLAUDE_GW_CREDENTIAL: 'env:K' },
    )
    expect(values).toMatchObject({ profile: 'flag', credential: 'env:K', 'log.level': 'meta' })
    expect(origins).toMatchObject({
      profile: '--profile',
      credential: 'CLAUDE_GW_CREDENTIAL',
      'log.level': 'default',
    })
  })

  test('an option is named as it was typed', () => {
    expect(() => resolveConfig({ 'log.level': 'loud' }, {})).toThrow('--log: `log.level` must be')
  })

  test('an empty value is none', () => {
    expect(resolveConfig({ profile: '' }, { CLAUDE_GW_PROFILE: '' }).values.profile).toBe('default')
  })

  test('an unknown variable is an error with the nearest right one', () => {
    expect(() => resolveConfig({}, { CLAUDE_GW_UPSTREM: 'x' })).toThrow('CLAUDE_GW_UPSTREAM')
  })

  test.each([
    ['CLAUDE_GW_BASE_URL', '; here it is called `CLAUDE_GW_UPSTREAM`'],
    ['CLAUDE_GW_API_KEY', '; `claude-gw login` stores a key, and `CLAUDE_GW_CREDENTIAL=env:NAME` names'],
    ['CLAUDE_GW_API_KEY_REF', '; here it is called `CLAUDE_GW_CREDENTIAL`: a reference'],
    ['CLAUDE_GW_PROJECT_TAG', '; here it is called `CLAUDE_GW_TAGS`: `{"project":"…"}`'],
  ])('of %s, the name in guides, the own one is told', (name, hint) => {
    expect(() => resolveConfig({}, { [name]: 'x' })).toThrow(`there is no key \`${name}\`${hint}`)
  })

  test('the variables of the program itself are none of its keys', () => {
    resolveConfig(
      {},
      { CLAUDE_GW_STATE_DIR: '/x', CLAUDE_GW_CONFIG_DIR: '/y', CLAUDE_GW_RUN_ID: 'z', OTHER: '1' },
    )
  })

  test.each([
    ['CLAUDE_GW_TIMEOUTS_CONNECT', '2s', 'timeouts.connect', 2000],
    ['CLAUDE_GW_MAX_BODY_BYTES', '1MB', 'maxBodyBytes', 1024 ** 2],
    ['CLAUDE_GW_SERVE_PORT', '0', 'serve.port', 0],
    ['CLAUDE_GW_TAGS', '{"project":"p"}', 'tags', { project: 'p' }],
    ['CLAUDE_GW_AUTH', 'header:ApiKey', 'auth', 'header:ApiKey'],
  ])('%s=%s', (variable, text, key, expected) => {
    expect(resolveConfig({}, { [variable]: text }).values).toHaveProperty([key], expected)
  })

  test.each([
    ['CLAUDE_GW_TIMEOUTS_CONNECT', 'soon'],
    ['CLAUDE_GW_MAX_BODY_BYTES', 'much'],
    ['CLAUDE_GW_SERVE_PORT', '65536'],
    ['CLAUDE_GW_TAGS', '{"project":1}'],
    ['CLAUDE_GW_TAGS', '[]'],
    ['CLAUDE_GW_AUTH', 'header:a b'],
    ['CLAUDE_GW_AUTH', 'header:Host'],
    ['CLAUDE_GW_HEADERS', '{"Proxy-Authorization":"x"}'],
    ['CLAUDE_GW_HEADERS', '{"proxy-connection":"close"}'],
    ['CLAUDE_GW_HEADERS', '{"Content-Length":"1"}'],
    ['CLAUDE_GW_PROFILE', '../x'],
    ['CLAUDE_GW_LOG_LEVEL', 'all'],
  ])('%s=%s is an error that names the variable', (variable, text) => {
    expect(() => resolveConfig({}, { [variable]: text })).toThrow(variable)
  })
})

test.each([
  ['upstream', 'CLAUDE_GW_UPSTREAM'],
  ['timeouts.firstByte', 'CLAUDE_GW_TIMEOUTS_FIRST_BYTE'],
  ['maxBodyBytes', 'CLAUDE_GW_MAX_BODY_BYTES'],
  ['retry.upstream', 'CLAUDE_GW_RETRY_UPSTREAM'],
])('%s is %s', (key, variable) => {
  expect(environmentName(key)).toBe(variable)
})
