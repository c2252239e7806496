import { expect, test } from 'vitest'
import type { AuthStyle } from '../../../src/credentials/credential.ts'
import { authStyle, isOauthToken } from '../../../src/credentials/credential.ts'

test.each([
  ['sk-ant-api03-x', true, 'x-api-key'],
  ['sk-ant-api03-x', false, 'bearer'],
  ['anything', false, 'bearer'],
])('%s, of which nobody says how, goes to Anthropic (%s) as %s', (value, isAnthropic, style) => {
  expect(authStyle({ value, source: 'test' }, undefined, isAnthropic)).toBe(style)
})

test.each<[AuthStyle | undefined, AuthStyle | undefined, AuthStyle]>([
  [undefined, 'both', 'both'],
  ['header:ApiKey', 'both', 'header:ApiKey'],
  ['bearer', undefined, 'bearer'],
])('configured %s over that of the source, %s, is %s', (configured, style, expected) => {
  expect(authStyle({ value: 'v', source: 'test', ...(style && { style }) }, configured, true)).toBe(expected)
})

test.each<AuthStyle | undefined>([undefined, 'x-api-key', 'both', 'header:ApiKey'])(
  'the token of a Claude login is a bearer, whatever is configured (%s)',
  (configured) => {
    const credential = { value: 'sk-ant-oat01-x', source: 'test', style: 'both' } as const
    expect(authStyle(credential, configured, true)).toBe('bearer')
  },
)

test('only sk-ant-oat… is an OAuth token', () => {
  expect(['sk-ant-oat01-x', 'sk-ant-api03-x', 'x-sk-ant-oat'].filter(isOauthToken)).toEqual([
    'sk-ant-oat01-x',
  ])
})
