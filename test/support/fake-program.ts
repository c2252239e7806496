import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary-directory.ts'

export interface Call {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface FakeProgram {
  /** With the program in front of all others. */
  readonly PATH: string
  readonly calls: () => readonly Call[]
}

/** A program that notes how it was called, and then does what `script` says in JavaScript. */
export function fakeProgram(name: string, script = ''): FakeProgram {
  const directory = temporaryDirectory()
  const notes = join(directory, 'calls.jsonl')
  const note = `require('node:fs').appendFileSync(${JSON.stringify(notes)},
    JSON.stringify({ args: process.argv.slice(2), env: process.env }) + '\\n')`
  writeFileSync(join(directory, name), `#!${process.execPath}\n${note}\n${script}\n`, { mode: 0o755 })
  return { PATH: `${directory}:${process.env['PATH']}`, calls: () => readCalls(notes) }
}

function readCalls(path: string): Call[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
