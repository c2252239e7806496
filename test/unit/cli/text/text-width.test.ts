import { expect, test } from 'vitest'
import { cutEnd, cutMiddle, textWidth } from '../../../../src/cli/text/text-width.ts'

test.each([
  ['', 0],
  ['claude', 6],
  ['é', 1],
  ['e\u0301', 1],
  ['日本語', 6],
  ['ｶﾅ', 2],
  ['한글', 4],
  ['🎉', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['↳ …', 3],
])('%j takes %d cells', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test.each([
  ['claude-opus-4-8', 9, 'clau…-4-8'],
  ['日本語モデル', 8, '日本…ル'],
  ['abc', 1, '…'],
])('the middle of %j is cut', (text, width, expected) => {
  expect(cutMiddle(text, width)).toBe(expected)
})

test.each([
  ['claude-opus-4-8', 9, 'claude-o…'],
  ['日本語モデル', 8, '日本語…'],
])('the end of %j is cut', (text, width, expected) => {
  expect(cutEnd(text, width)).toBe(expected)
})
