import { describe, expect, test } from 'vitest'
import { maskRandomWords } from '../../../src/exchange/likely-secret.ts'
import { secretsOfTarget, shownTarget } from '../../../src/gateway/shown-target.ts'

describe('shownTarget', () => {
  test.each([
    ['/v1/messages', { path: '/v1/messages' }],
    ['/v1/messages?beta=true', { path: '/v1/messages', query: 'beta=true' }],
    ['/v1/messages?', { path: '/v1/messages', query: '' }],
    ['/v1/models?limit=5&api_key=short', { path: '/v1/models', query: 'limit=5&api_key=[redacted]' }],
    ['/m?key=&x', { path: '/m', query: 'key=&x' }],
    ['/m?a=b=c&token=d=e', { path: '/m', query: 'a=b=c&token=[redacted]' }],
    ['/m?q=4eC39HqLyjWDarjtT1zdp7dc', { path: '/m', query: 'q=[redacted]' }],
    ['/m?4eC39HqLyjWDarjtT1zdp7dc', { path: '/m', query: '[redacted]' }],
    ['/4eC39HqLyjWDarjtT1zdp7dc/m', { path: '/[redacted]/m' }],
  ])('%s', (target, expected) => {
    expect(shownTarget(target, maskRandomWords)).toEqual(expected)
  })
})

test('the secrets of a target are the values of parameters with such a name', () => {
  expect(secretsOfTarget('/key/m?a=b&key=first&access_token=a%20b&token&q=4eC39HqLyjWDarjtT1zdp7dc')).toEqual(
    ['first', 'a%20b'],
  )
  expect(secretsOfTarget('/v1/messages')).toEqual([])
})
