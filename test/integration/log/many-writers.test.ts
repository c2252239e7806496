import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { listDayFiles } from '../../../src/log/day-file.ts'
import { linesOf } from '../../../src/log/lines.ts'
import { blocksForward } from '../../../src/log/reader.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FIXTURE = join(import.meta.dirname, '../../fixtures/append-lines.mjs')
const module = compiledSource()

interface Line {
  readonly name: string
  readonly number: number
}

function startWriter(directory: string, name: string, count: number, longest: number) {
  const values = [module('log/writer.js'), directory, name, count, longest].map(String)
  const child = spawn(process.execPath, [FIXTURE, ...values], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  return { child, ended: once(child, 'close'), numbers: () => printed.trim().split('\n').filter(Boolean) }
}

function readLines(directory: string): Line[] {
  const blocks = listDayFiles(directory).flatMap((path) => [...blocksForward(path)])
  return blocks.flatMap((block) => Array.from(linesOf(block), (line) => JSON.parse(line.toString()) as Line))
}

test('8 processes append 400 lines of up to 2 MB each, and none is torn', async () => {
  const directory = join(temporaryDirectory(), 'traffic')
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const writers = names.map((name) => startWriter(directory, name, 400, 2_000_000))
  await Promise.all(writers.map(({ ended }) => ended))

  const lines = readLines(directory)
  for (const name of names) {
    const numbers = lines.filter((line) => line.name === name).map(({ number }) => number)
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, number) => number))
  }
})

test('what was appended when a process is killed is in the file', async () => {
  for (let round = 0; round < 10; round += 1) {
    const directory = join(temporaryDirectory(), 'traffic')
    const { child, ended, numbers } = startWriter(directory, 'a', 1_000_000, 1500)
    await once(child.stdout, 'data')
    await sleep(Math.random() * 20)
    child.kill('SIGKILL')
    await ended
    const stored = new Set(readLines(directory).map(({ number }) => String(number)))
    expect(numbers().filter((number) => !stored.has(number))).toEqual([])
  }
})
