import { expect, test } from 'vitest'
import { gitConfigValue } from '../../../src/config/git-config.ts'

const urlIn = (text: string) => gitConfigValue(text, 'remote', 'origin', 'url')

test.each([
  ['as git writes it', '[core]\n\tbare = false\n[remote "origin"]\n\turl = a/b\n\tfetch = +x\n', 'a/b'],
  ['with CR LF', '[remote "origin"]\r\nurl = a\r\n', 'a'],
  ['on the line of its section', '[remote "origin"] url = a', 'a'],
  ['in another letter case', '[Remote "origin"]\nURL=a', 'a'],
  ['behind the sections of other remotes', '[remote "fork"]\nurl=b\n[remote "origin"]\nurl=a', 'a'],
  ['in a section that comes again', '[remote "origin"]\nx=1\n[core]\ny=1\n[remote "origin"]\nurl=a', 'a'],
  ['of several, the first, as for a fetch', '[remote "origin"]\nurl=a\nurl=b', 'a'],
  ['with comments', '; x\n[remote "origin"] # y\n# url=b\nurl=a ; z', 'a'],
  ['in quotes', '[remote "origin"]\nurl = "a #;" # z', 'a #;'],
  ['with escapes', '[remote "origin"]\nurl = a\\\\b\\"\\tc', 'a\\b"\tc'],
  ['over two lines', '[remote "origin"]\nurl = a\\\n/b', 'a/b'],
  ['with an equals sign', '[remote "origin"]\nurl = a=b', 'a=b'],
])('finds a value %s', (_, text, value) => {
  expect(urlIn(text)).toBe(value)
})

test('finds the value of a subsection whose name is escaped', () => {
  expect(gitConfigValue('[remote "a\\"b\\\\"]\nurl=x', 'remote', 'a"b\\', 'url')).toBe('x')
})

test.each([
  ['an empty file', ''],
  ['another remote', '[remote "Origin"]\nurl=a'],
  ['another section', '[branch "origin"]\nurl=a'],
  ['another variable', '[remote "origin"]\npushurl=a'],
  ['a section that ended', '[remote "origin"]\n[core]\nurl=a'],
  ['a variable without a value', '[remote "origin"]\nurl'],
  ['a comment', '[remote "origin"]\n#url=a'],
])('finds nothing in %s', (_, text) => {
  expect(urlIn(text)).toBeUndefined()
})
