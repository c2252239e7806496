import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blocksBackward, blocksForward, wholeLinesEnd } from '../../../src/log/reader.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const BLOCK = 256 * 1024

function store(content: string): string {
  const path = join(temporaryDirectory(), '2026-11-20.jsonl')
  writeFileSync(path, content)
  return path
}

const line = (length: number) => `${'x'.repeat(length - 1)}\n`
const contents: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['one line', line(10)],
  ['one line without a newline', 'x'.repeat(10)],
  ['small lines over many blocks', line(1000).repeat(1500)],
  ['lines that end where blocks end', line(BLOCK).repeat(3)],
  ['lines that end one byte before and after', line(BLOCK - 1) + line(BLOCK + 2) + line(BLOCK - 1)],
  ['a line longer than many blocks', line(100) + line(2_000_000) + line(100)],
  ['a torn end longer than a block', line(100) + 'x'.repeat(600_000)],
  ['newlines only', '\n'.repeat(BLOCK + 10)],
]

test.each(contents)('forward: %s', (_, content) => {
  const blocks = Array.from(blocksForward(store(content)), String)
  expect(blocks.join('') === content).toBe(true)
  expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true)
})

test.each(contents)('backward: %s', (_, content) => {
  const blocks = Array.from(blocksBackward(store(content)), String).reverse()
  expect(blocks.join('') === content).toBe(true)
  expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true)
})

const HUGE = 'y'.repeat(40_000_000)

test.each([
  ['between lines', `${line(10)}${HUGE}\n${line(20)}`],
  ['at the start', `${HUGE}\n${line(10)}${line(20)}`],
  ['at the end', `${line(10)}${line(20)}${HUGE}\n`],
  ['at the end, torn', `${line(10)}${line(20)}${HUGE}`],
])('a line that no record is as long as, %s, stays one line and is not held whole', (_, content) => {
  const path = store(content)
  for (const blocks of [[...blocksForward(path)], [...blocksBackward(path)].reverse()]) {
    const lines = Buffer.concat(blocks).toString().split('\n').filter(Boolean)
    expect(lines).toHaveLength(3)
    expect(lines.filter((text) => text.startsWith('x')).map(({ length }) => length)).toEqual([9, 19])
    expect(lines.find((text) => text.includes('…'))?.length).toBeLessThan(10_000_000)
  }
})

test('reads from a start to an end', () => {
  const path = store('one\ntwo\nthree\nfour\n')
  const range = { start: 4, end: 14 }
  expect(Array.from(blocksForward(path, range), String).join('')).toBe('two\nthree\n')
  expect(Array.from(blocksBackward(path, range), String).reverse().join('')).toBe('two\nthree\n')
})

test('the end of a long file is one block', () => {
  const [last] = blocksBackward(store(line(1000).repeat(100_000)))
  expect(last?.length).toBeLessThanOrEqual(BLOCK)
})

test('a file that is gone has no blocks', () => {
  expect([...blocksForward('/nowhere/2026-11-20.jsonl')]).toEqual([])
  expect([...blocksBackward('/nowhere/2026-11-20.jsonl')]).toEqual([])
})

test('what cannot be read is named', () => {
  const directory = temporaryDirectory()
  expect(() => [...blocksForward(directory)]).toThrow(`cannot read the traffic log ${directory}`)
})

test.each([
  ['a whole file', 'one\ntwo\n', 8],
  ['a torn end', 'one\ntw', 4],
  ['a torn start', 'on', 0],
  ['nothing', '', 0],
])('whole lines end: %s', (_, content, end) => {
  expect(wholeLinesEnd(store(content))).toBe(end)
})
