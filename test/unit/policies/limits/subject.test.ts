import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fits, groupOf, isMeant } from '../../../../src/policies/limits/subject.ts'

test('patterns fit as a shell has them', () => {
  expect(fits('claude-opus-4-8', 'claude-opus-*')).toBe(true)
  expect(fits('claude-haiku-4-5', 'claude-opus-*')).toBe(false)
  expect(fits('claude-opus-4-8', '*opus*')).toBe(true)
  expect(fits('claude-opus-4-8', 'claude-opus-4-?')).toBe(true)
  expect(fits('claude-opus-4-8', 'claude-opus')).toBe(false)
  expect(fits('', '*')).toBe(true)
})

test('patterns fit as a regular expression would', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 })
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 }), pattern, (text, glob) => {
      const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      expect(fits(text, glob)).toBe(new RegExp(`^${source}$`).test(text))
    }),
    { numRuns: 2000 },
  )
})

test('a limit for something is not one for what has no such name', () => {
  expect(isMeant({ model: 'a' }, {})).toBe(true)
  expect(isMeant({ model: 'a' }, { project: '*' })).toBe(false)
  expect(isMeant({ model: 'a', project: 'p' }, { model: 'a', project: 'p*' })).toBe(true)
  expect(isMeant({ model: 'a', project: 'q' }, { model: 'a', project: 'p*' })).toBe(false)
})

test('those without a name share an amount', () => {
  expect(groupOf({ session: 's' }, 'session')).toBe('s')
  expect(groupOf({}, 'session')).toBe('')
  expect(groupOf({ session: 's' }, 'all')).toBe('')
})
