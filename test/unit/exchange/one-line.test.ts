import { expect, test } from 'vitest'
import { oneLine } from '../../../src/exchange/one-line.ts'

test.each([
  ['first\r\nsecond\u2028third', 'first second third'],
  ['\x1b[31mred\x1b[0m\x07 \tand\u202e plain ', 'red and plain'],
  ['bad: hun\x00ter2', 'bad: [redacted]'],
  ['bad: sk-ant-api03-abcdefgh', 'bad: [redacted]'],
  ['password Tr0ub4dor&3', 'password [redacted]'],
  ['9f2c1f6e-4b7d-4c2a-9e11-0a1b2c3d4e5f', '[redacted]'],
])('%j becomes %j', (text, line) => {
  expect(oneLine(text, ['hunter2'])).toBe(line)
})

test('ids may stay', () => {
  expect(oneLine('see req_011CSHoEeqs5C35K2UUqR7Fy', [], { areIdsPublic: true })).toBe(
    'see req_011CSHoEeqs5C35K2UUqR7Fy',
  )
})

test('a long text is cut, and no secret in half', () => {
  expect(oneLine('ab '.repeat(200), [])).toMatch(/^.{199}…$/)
  expect(oneLine(`${'ab '.repeat(65)}hunter2`, ['hunter2'])).not.toContain('hun')
})
