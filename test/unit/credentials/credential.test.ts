import { expect, test } from 'vitest'
import { defaultAuthStyle, isOauthToken } from '../../../src/credentials/credential.ts'

test.each([
  ['sk-ant-oat01-x', true, 'bearer'],
  ['sk-ant-oat01-x', false, 'bearer'],
  ['sk-ant-api03-x', true, 'x-api-key'],
  ['sk-ant-api03-x', false, 'bearer'],
  ['anything', false, 'bearer'],
])('%s to Anthropic (%s) is sent as %s', (value, isAnthropic, style) => {
  expect(defaultAuthStyle(value, isAnthropic)).toBe(style)
})

test('only sk-ant-oat… is an OAuth token', () => {
  expect(['sk-ant-oat01-x', 'sk-ant-api03-x', 'x-sk-ant-oat'].filter(isOauthToken)).toEqual([
    'sk-ant-oat01-x',
  ])
})
