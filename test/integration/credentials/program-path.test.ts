import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isOnPath } from '../../../src/credentials/program-path.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('a program is found in any folder of PATH', () => {
  const [first, second] = [temporaryDirectory(), folderWith('op', 0o755)]
  expect(isOnPath('op', { env: { PATH: [first, '', second].join(delimiter) }, platform: 'linux' })).toBe(true)
  expect(isOnPath('op', { env: { PATH: first }, platform: 'linux' })).toBe(false)
})

test.each(['', '.', 'bin'])('an entry of PATH written as %j is passed over', (entry) => {
  const folder = folderWith('op', 0o755)
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'op'), '', { mode: 0o755 })
  const before = process.cwd()
  onTestFinished(() => process.chdir(before))
  process.chdir(folder)
  expect(isOnPath('op', { env: { PATH: entry }, platform: 'linux' })).toBe(false)
})

test('what cannot be run is none, nor is a folder', () => {
  const folder = folderWith('op', 0o644)
  mkdirSync(join(folder, 'vault'))
  const env = { PATH: folder }
  expect(isOnPath('op', { env, platform: 'linux' })).toBe(process.platform === 'win32')
  expect(isOnPath('vault', { env, platform: 'linux' })).toBe(false)
})

test('without PATH nothing is known', () => {
  expect(isOnPath('op', { env: {}, platform: 'linux' })).toBe(true)
})

test.each([
  ['op.EXE', {}, true],
  ['op.js', {}, false],
  ['op.js', { PathExt: '.EXE;.js' }, true],
  ['op', {}, false],
])('on Windows %j with %j: %j', (file, more, isFound) => {
  const env = { Path: folderWith(file, 0o755), ...more }
  expect(isOnPath('op', { env, platform: 'win32' })).toBe(isFound)
})

function folderWith(file: string, mode: number): string {
  const folder = temporaryDirectory()
  writeFileSync(join(folder, file), '', { mode })
  return folder
}
