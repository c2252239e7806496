import { describe, expect, test } from 'vitest'
import { environmentStore } from '../../../src/credentials/environment.ts'

describe('environmentStore', () => {
  test('gives the value of the variable and its name, without surrounding space', () => {
    const store = environmentStore({ name: 'K', env: { K: ' key\n' } })
    expect(store.read()).toEqual({ value: 'key', source: 'env:K' })
  })

  test('says how the credential is sent, and is named as told', () => {
    const store = environmentStore({ name: 'K', env: { K: 'key' }, reference: 'settings:K', style: 'both' })
    expect(store.read()).toEqual({ value: 'key', source: 'settings:K', style: 'both' })
  })

  test.each([
    [undefined, 'not set'],
    ['', 'empty'],
    ['  ', 'empty'],
  ])('%j is an error that says so, before anything is asked for', (value, reason) => {
    const check = () => environmentStore({ name: 'K', env: { K: value } }).check()
    expect(check).toThrow(expect.objectContaining({ code: 'CREDENTIAL_FAILED', exitCode: 4 }))
    expect(check).toThrow(reason)
  })

  test.each([
    ['two\nlines', 'character 4'],
    ['schlüssel', 'character 5'],
    ['x'.repeat(16_385), 'longer than'],
  ])('what is no token is refused, and not repeated', (value, reason) => {
    const read = () => environmentStore({ name: 'K', env: { K: value } }).read()
    expect(read).toThrow(reason)
    expect(read).not.toThrow(value)
  })
})
