import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillText, literalText, unknownPiece } from '../../../src/config/text-template.ts'

const VALUES = { repository: 'github.com/o/r', branch: 'fix/{user}', user: 'anna', date: '2026-11-20' }
const filled = (text: string) => fillText(text, () => VALUES)
const neverAsked = (): typeof VALUES => {
  throw new Error('nothing is named')
}

test('variables stand in braces, and are not looked for in values', () => {
  expect(filled('{user} works on {branch} of {repository}, {date}.')).toBe(
    'anna works on fix/{user} of github.com/o/r, 2026-11-20.',
  )
})

test('a brace itself is written twice', () => {
  expect(filled('{{user}} is {user}, {{{user}}}')).toBe('{user} is anna, {anna}')
  expect(fillText('{{}}', neverAsked)).toBe('{}')
})

test.each([
  ['{brnch}', '{brnch}'],
  ['a {} b', '{}'],
  ['{ user }', '{ user }'],
  ['open {', '{'],
  ['{user}}', '}'],
  ['{user}, {host}', '{host}'],
  ['{toString}', '{toString}'],
  ['{{user}} {user} }}', undefined],
  ['no braces', undefined],
])('of %s, %s is unknown', (text, unknown) => {
  expect(unknownPiece(text)).toBe(unknown)
})

test('any text can be written so that it says just that', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'user', 'date', ' ', '$') }), (text) => {
      expect(unknownPiece(literalText(text))).toBeUndefined()
      expect(fillText(literalText(text), neverAsked)).toBe(text)
    }),
  )
})
