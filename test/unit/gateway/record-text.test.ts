import { expect, test } from 'vitest'
import { RecordText } from '../../../src/gateway/record-text.ts'

const SECRET = 'first-part.4eC39HqLyjWDarjtT1zdp7dc.last-part'
const text = new RecordText([SECRET])

test('a known secret is masked whole where a part of it looks like one', () => {
  expect(text.masked(`no such key: ${SECRET}`)).toBe('no such key: [redacted]')
})

test('what only looks like a secret is masked too', () => {
  expect(text.masked('no such key: 4eC39HqLyjWDarjtT1zdp7d0')).toBe('no such key: [redacted]')
})

test('a long text is cut, and no secret in half', () => {
  expect(text.brief('x'.repeat(2000))).toBe('x'.repeat(2000))
  expect(text.brief(`${'x'.repeat(1990)}${SECRET}`)).toBe(`${'x'.repeat(1990)}[redacted]…`)
})
