import { expect, test } from 'vitest'
import { checkStorable, checkToken } from '../../../src/credentials/token.ts'

test('lets one token of printable ASCII through as it is', () => {
  expect(checkToken('sk-ant-api03-x~!', 'env:A')).toBe('sk-ant-api03-x~!')
  expect(checkStorable('sk-ant-api03-x~!')).toBe('sk-ant-api03-x~!')
})

test('a token in use may be longer than one to store', () => {
  expect(checkToken('s'.repeat(16_384), 'env:A')).toHaveLength(16_384)
  expect(() => checkToken('s'.repeat(16_385), 'env:A')).toThrow('longer than 16384')
  expect(checkStorable('s'.repeat(2500))).toHaveLength(2500)
  expect(() => checkStorable('s'.repeat(2501))).toThrow('longer than 2500')
})

test.each([
  ['nothing', '', 'it is empty'],
  ['two lines', 'secret\nsecret', 'character 7 is not printable ASCII, it ends a line'],
  ['a NUL', 'secret\0', 'character 7 is not printable ASCII, it is NUL'],
  ['two words', 'secret secret', 'character 7 is not printable ASCII'],
  ['a letter with an accent', 'sécret', 'character 2 is not printable ASCII'],
])('refuses %s, and does not show it', (_case, value, reason) => {
  for (const check of [() => checkToken(value, 'env:A'), () => checkStorable(value)]) {
    expect(check).toThrow(expect.objectContaining({ code: 'CREDENTIAL_FAILED' }))
    expect(check).toThrow(reason)
    expect(check).not.toThrow(/secret|sécret/)
  }
})
