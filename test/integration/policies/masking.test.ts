import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { machineKey } from '../../../src/policies/mask/machine-key.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { conversation } from '../../support/masked-texts.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FIXTURE = join(import.meta.dirname, '../../fixtures/mask-conversation.mjs')
const module = compiledSource()
const run = promisify(execFile)

/** The hashes of what a process of its own makes of the conversation, from a turn on. */
async function masked(directory: string, file: string, from: number): Promise<string[]> {
  const { stdout } = await run(process.execPath, [FIXTURE, module('main.js'), directory, file, String(from)])
  return JSON.parse(stdout)
}

test('a conversation that another process goes on with is masked as before', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'conversation.json')
  const messages = fc.sample(conversation, 30).flat()
  writeFileSync(file, JSON.stringify(messages))
  const [all, later] = await Promise.all([
    masked(directory, file, 1),
    masked(directory, file, messages.length - 3),
  ])
  expect(all).toHaveLength(messages.length)
  expect(later).toEqual(all.slice(-4))
})

test('processes that start together make one key, for the owner alone', async () => {
  const directory = join(temporaryDirectory(), 'state')
  const file = join(temporaryDirectory(), 'conversation.json')
  writeFileSync(file, JSON.stringify([{ content: 'anna@firma.de' }]))
  const hashes = await Promise.all(Array.from({ length: 6 }, () => masked(directory, file, 1)))
  expect(new Set(hashes.flat()).size).toBe(1)
  expect(readdirSync(directory)).toEqual(['mask.key'])
  expect(statSync(join(directory, 'mask.key')).mode & 0o777).toBe(0o600)
})

test('the key stays the same, and a file that others can read is mended', () => {
  const directory = temporaryDirectory()
  const key = machineKey(directory)
  chmodSync(join(directory, 'mask.key'), 0o644)
  expect(key).toHaveLength(32)
  expect(machineKey(directory)).toEqual(key)
  expect(statSync(join(directory, 'mask.key')).mode & 0o777).toBe(0o600)
})

test.each([
  ['is spoilt', (path: string) => writeFileSync(path, 'abc'), 'does not hold 64 hex digits'],
  ['is a folder', (path: string) => mkdirSync(path), 'EISDIR'],
])('a key that %s is not replaced', (_, spoil, reason) => {
  const directory = temporaryDirectory()
  const path = join(directory, 'mask.key')
  spoil(path)
  expect(() => machineKey(directory)).toThrow(path)
  expect(() => machineKey(directory)).toThrow(reason)
  if (statSync(path).isFile()) expect(readFileSync(path, 'utf8')).toBe('abc')
})
