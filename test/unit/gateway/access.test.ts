import { expect, test } from 'vitest'
import { isSame } from '../../../src/base/secret.ts'
import { basePath, createAccess } from '../../../src/gateway/access.ts'

test('N4: a token holds 256 bits and is new each time', () => {
  const first = createAccess('token')
  const second = createAccess('token')
  if (first.kind !== 'token' || second.kind !== 'token') throw new Error('not a token')
  expect(Buffer.from(first.token.slice('cgw-'.length), 'base64url')).toHaveLength(32)
  expect(first.token).not.toBe(second.token)
})

test('a secret path holds 256 bits and needs no escaping', () => {
  const access = createAccess('path')
  expect(basePath(access)).toMatch(/^\/[\w-]{43}$/)
  expect(new URL(basePath(access), 'http://x').pathname).toBe(basePath(access))
})

test('a token needs no path', () => {
  expect(basePath(createAccess('token'))).toBe('')
})

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'ab', false],
  ['', '', true],
  ['é', 'e', false],
])('isSame(%s, %s) is %s', (given, expected, result) => {
  expect(isSame(given, expected)).toBe(result)
})
