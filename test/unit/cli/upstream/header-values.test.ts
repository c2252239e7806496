import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesTag, tagHeaders } from '../../../../src/cli/upstream/header-values.ts'

const headerOf = (text: string) => tagHeaders({ 'X-Tag': 'tag:label' }, { label: text })['X-Tag']

test('a header takes the text of its tag, and others are not looked at', () => {
  const headers = { 'X-Repo': 'tag:repository', 'X-Team': 'blue', 'X-Key': 'env:KEY' }
  expect(tagHeaders(headers, { repository: 'github.com/acme/search', branch: 'main' })).toEqual({
    'X-Repo': 'github.com/acme/search',
  })
})

test.each(['tag:cost_center', 'tag:costCenter', 'TAG:cost_center'])('%s is the cost centre', (value) => {
  expect(namesTag(value)).toBe(true)
  expect(tagHeaders({ 'X-Cost': value }, { cost_center: '4711' })).toEqual({ 'X-Cost': '4711' })
})

test.each([
  ['is not there', 'tag:branch', {}],
  ['is empty', 'tag:branch', { branch: '' }],
  ['has no name', 'tag:', { branch: 'main' }],
  ['has the name of a part of Object.prototype', 'tag:constructor', {}],
])('a tag that %s leaves the header out', (_, value, tags) => {
  expect(tagHeaders({ 'X-Branch': value }, tags)).toEqual({})
})

test.each(['env:HOME', 'command:touch /tmp/x', 'keychain:default', 'tag:other'])(
  'a tag whose text is %s is that text',
  (text) => {
    expect(headerOf(text)).toBe(text)
  },
)

test.each(['a tag:branch', 'tags:branch', 'env:tag:x', ''])('"%s" names no tag', (value) => {
  expect(namesTag(value)).toBe(false)
})

describe('a text', () => {
  test.each([
    ['that is safe', 'feature/A-1 (b), c="d"', 'feature/A-1 (b), c="d"'],
    ['with letters of others', 'größe/日本', 'gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC'],
    ['beyond 16 bits', '🚀', '%F0%9F%9A%80'],
    ['with line ends', 'a\r\nX-Evil: 1', 'a%0D%0AX-Evil: 1'],
    ['with other controls', '\0\t\x7f', '%00%09%7F'],
    ['with percent signs', '100%25', '100%2525'],
    ['with spaces around it', '  a b ', '%20%20a b%20'],
    ['of spaces', '  ', '%20%20'],
    ['with half a character', '\ud83d', '%EF%BF%BD'],
  ])('%s', (_, text, value) => {
    expect(headerOf(text)).toBe(value)
  })

  test('is a header without white space around it, and decodes to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const value = headerOf(text) ?? ''
        expect(value).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/)
        expect(decodeURIComponent(value)).toBe(text)
      }),
    )
  })
})
