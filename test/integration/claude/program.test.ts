import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { splitProgram } from '../../../src/claude/program.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const node = './node'
const claude = './claude'
const script = 'cli.js'

test.each([
  { args: [], prefix: [], rest: [] },
  { args: ['-p', 'hi'], prefix: [], rest: ['-p', 'hi'] },
  { args: [claude, 'mcp', 'list'], program: claude, prefix: [], rest: ['mcp', 'list'] },
  { args: [claude, '-p', 'cli.js'], program: claude, prefix: [], rest: ['-p', 'cli.js'] },
  { args: [node, script, 'mcp'], program: node, prefix: [script], rest: ['mcp'] },
  { args: [node, 'cli.mjs', '-p'], program: node, prefix: ['cli.mjs'], rest: ['-p'] },
  { args: [claude, script, '-p'], program: claude, prefix: [script], rest: ['-p'] },
  {
    args: [node, '--no-warnings', script, '--settings', '{}'],
    program: node,
    prefix: ['--no-warnings', script],
    rest: ['--settings', '{}'],
  },
  { args: [node, 'none.js'], program: node, prefix: [], rest: ['none.js'] },
  { args: ['claude', '-p'], prefix: [], rest: ['claude', '-p'] },
  { args: ['./folder', '-p'], prefix: [], rest: ['./folder', '-p'] },
  { args: ['./cli.js', '-p'], prefix: [], rest: ['./cli.js', '-p'] },
])('$args', ({ args, ...expected }) => {
  expect(splitProgram(args, createFolder())).toEqual(expected)
})

function createFolder(): string {
  const folder = temporaryDirectory()
  mkdirSync(join(folder, 'folder'))
  for (const name of ['node', 'claude', 'cli.js', 'cli.mjs']) writeFileSync(join(folder, name), '')
  for (const name of ['node', 'claude']) chmodSync(join(folder, name), 0o755)
  return folder
}
