import { closeSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  createPrivateFile,
  ensurePrivateDirectory,
  openPrivateFile,
  publishPrivateFile,
  readPrivateFile,
  replacePrivateFile,
} from '../../src/base/private-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('makes a folder and those above it, for the owner alone', () => {
  const above = join(temporaryDirectory(), 'a')
  ensurePrivateDirectory(join(above, 'b'))
  expect([above, join(above, 'b')].map(modeOf)).toEqual([0o700, 0o700])
})

test('mends a folder that others can enter', () => {
  const folder = join(temporaryDirectory(), 'a')
  mkdirSync(folder, 0o755)
  ensurePrivateDirectory(folder)
  expect(modeOf(folder)).toBe(0o700)
})

test('mends a file that others can read', () => {
  const file = join(temporaryDirectory(), 'a')
  writeFileSync(file, '', { mode: 0o644 })
  closeSync(openPrivateFile(file, 'a'))
  expect(modeOf(file)).toBe(0o600)
})

test.runIf(process.platform === 'linux')(
  'a place where nothing can be made is an error, and not endless',
  () => {
    expect(() => ensurePrivateDirectory('/proc/nope/below')).toThrow('ENOENT')
  },
)

test('a file in the way is an error', () => {
  const file = join(temporaryDirectory(), 'a')
  writeFileSync(file, '')
  expect(() => ensurePrivateDirectory(join(file, 'b'))).toThrow(/ENOTDIR|EEXIST/)
})

test('puts a text in place of a file, for the owner alone', () => {
  const file = join(temporaryDirectory(), 'a')
  writeFileSync(file, 'old and longer', { mode: 0o644 })
  replacePrivateFile(file, 'new')
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(modeOf(file)).toBe(0o600)
})

test('what cannot be put in place leaves nothing behind', () => {
  const folder = temporaryDirectory()
  mkdirSync(join(folder, 'a'))
  expect(() => replacePrivateFile(join(folder, 'a'), 'new')).toThrow()
  expect(readdirSync(folder)).toEqual(['a'])
})

test('makes a file only where there is none', () => {
  const file = join(temporaryDirectory(), 'a')
  createPrivateFile(file, 'first')
  expect(() => createPrivateFile(file, 'second')).toThrow('EEXIST')
  expect(readFileSync(file, 'utf8')).toBe('first')
  expect(modeOf(file)).toBe(0o600)
})

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

test.each([{}, { isFlushed: false }])(
  'a file that is published (%j) stays as the first one made it',
  (making) => {
    const folder = temporaryDirectory()
    const file = join(folder, 'a')
    expect(readPrivateFile(file)).toBeUndefined()
    publishPrivateFile(file, 'first', making)
    publishPrivateFile(file, 'second', making)
    expect(readPrivateFile(file)).toBe('first')
    expect(modeOf(file)).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['a'])
  },
)

test('a folder is no file to read', () => {
  expect(() => readPrivateFile(temporaryDirectory())).toThrow('EISDIR')
})
