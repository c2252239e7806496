import { describe, expect, test } from 'vitest'
import { environmentSource } from '../../../src/credentials/environment.ts'

describe('environmentSource', () => {
  test('gives the value of the variable and its name, without surrounding space', async () => {
    const source = environmentSource('K', { K: ' key\n' })
    expect(await source.current()).toEqual({ value: 'key', source: 'env:K' })
  })

  test('reads the variable anew after a refusal', async () => {
    const env = { K: 'old' }
    const source = environmentSource('K', env)
    const refused = await source.current()
    env.K = 'new'
    expect((await source.refresh(refused)).value).toBe('new')
  })

  test.each([
    [undefined, 'not set'],
    ['', 'empty'],
    ['  ', 'empty'],
  ])('%j is an error that says so', (value, reason) => {
    const read = () => environmentSource('K', { K: value }).current()
    expect(read).toThrow(expect.objectContaining({ code: 'CREDENTIAL_FAILED', exitCode: 4 }))
    expect(read).toThrow(reason)
  })

  test.each([
    ['two\nlines', 'character 4'],
    ['schlüssel', 'character 5'],
    ['x'.repeat(16_385), 'longer than'],
  ])('what is no token is refused, and not repeated', (value, reason) => {
    const read = () => environmentSource('K', { K: value }).current()
    expect(read).toThrow(reason)
    expect(read).not.toThrow(value)
  })
})
