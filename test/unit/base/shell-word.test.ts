import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellWord } from '../../../src/base/shell-word.ts'

test.each(['a', '', 'a b', "it's", '$(ls)', '~', '*', 'a\nb', 'op://v/i/f', '-x=1'])(
  '%j is one word for a shell',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text)
  },
)

test('a plain word needs no quotes', () => {
  expect(shellWord('secret/data/team-a')).toBe('secret/data/team-a')
})
