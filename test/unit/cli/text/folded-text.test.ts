import { expect, test } from 'vitest'
import { wrapText } from '../../../../src/cli/text/folded-text.ts'

test('space at the end goes, and a megabyte of it within a text takes no longer than its length', () => {
  expect(wrapText('a\n b \n\n', 20)).toEqual(['a', ' b'])
  const lines = wrapText(`a${'\n'.repeat(1_000_000)}b`, 20)
  expect(lines).toHaveLength(1_000_001)
})
