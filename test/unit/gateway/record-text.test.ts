import { expect, test } from 'vitest'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'
import { RecordText } from '../../../src/gateway/record-text.ts'

const SECRET = 'first-part.4eC39HqLyjWDarjtT1zdp7dc.last-part'
const text = new RecordText([SECRET])

test('a known secret is masked whole where a part of it looks like one', () => {
  expect(text.masked(`no such key: ${SECRET}`)).toBe('no such key: [redacted]')
})

test('what only looks like a secret is masked too', () => {
  expect(text.masked('no such key: 4eC39HqLyjWDarjtT1zdp7d0')).toBe('no such key: [redacted]')
})

test('the words of an error are without what patterns find too, and cut behind that', () => {
  const patterned = new RecordText([SECRET], [new PatternFinder(['ACME-\\d{6}'])])
  expect(patterned.said('who is "ACME-123456", ü?')).toBe('who is "[redacted]", ü?')
  expect(patterned.said(`${'x'.repeat(1995)}ACME-123456`)).not.toContain('ACME')
  expect(patterned.masked('who is ACME-123456?')).toBe('who is ACME-123456?')
})

test('words that would take too long to look through are masked whole', () => {
  const slow = new RecordText([], [new PatternFinder(['a(.*b)?'])])
  expect(slow.said('a'.repeat(20_000))).toBe('[redacted]')
})

test('a long text is cut, and no secret in half', () => {
  expect(text.brief('x'.repeat(2000))).toBe('x'.repeat(2000))
  expect(text.brief(`${'x'.repeat(1990)}${SECRET}`)).toBe(`${'x'.repeat(1990)}[redacted]…`)
})
