import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PlacesInput } from '../../../src/claude/places.ts'
import { claudePlaces } from '../../../src/claude/places.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('the user’s folder is ~/.claude, and its state lies beside it', () => {
  expect(claudePlaces(input())).toMatchObject({
    configDirectory: '/home/ann/.claude',
    globalConfigFile: '/home/ann/.claude.json',
  })
})

test('CLAUDE_CONFIG_DIR moves both', () => {
  expect(claudePlaces(input({ env: { CLAUDE_CONFIG_DIR: '/data/claude' } }))).toMatchObject({
    configDirectory: '/data/claude',
    globalConfigFile: '/data/claude/.claude.json',
  })
})

test('macOS has preferences, the user’s first', () => {
  const { managed } = claudePlaces(input({ platform: 'darwin' }))
  expect(managed.directory).toBe('/Library/Application Support/ClaudeCode')
  expect(managed.preferenceFiles).toEqual([
    '/Library/Managed Preferences/ann/com.anthropic.claudecode.plist',
    '/Library/Managed Preferences/com.anthropic.claudecode.plist',
  ])
})

test('Windows has the registry', () => {
  const { managed } = claudePlaces(input({ platform: 'win32' }))
  expect(managed).toEqual({
    directory: 'C:\\Program Files\\ClaudeCode',
    preferenceFiles: [],
    registryProgram: 'reg',
  })
})

test('WSL has both sides, Linux only its own', () => {
  const { managed } = claudePlaces(input({ kernel: '5.15.167.4-microsoft-standard-WSL2' }))
  expect(managed).toMatchObject({
    directory: '/etc/claude-code',
    windowsDirectory: '/mnt/c/Program Files/ClaudeCode',
  })
  expect(claudePlaces(input()).managed).toEqual({ directory: '/etc/claude-code', preferenceFiles: [] })
})

test('the root of the repository around a folder is found', () => {
  const root = temporaryDirectory()
  mkdirSync(join(root, '.git'))
  mkdirSync(join(root, 'a', 'b'), { recursive: true })
  expect(claudePlaces(input({ cwd: join(root, 'a', 'b') })).repositoryRoot).toBe(root)
})

test('in a linked worktree it is the root of the main one', () => {
  const root = temporaryDirectory()
  const worktree = join(root, 'linked')
  mkdirSync(worktree)
  writeFileSync(join(worktree, '.git'), `gitdir: ${root}/main/.git/worktrees/linked\n`)
  expect(claudePlaces(input({ cwd: worktree })).repositoryRoot).toBe(join(root, 'main'))
})

function input(changes: Partial<PlacesInput> = {}): PlacesInput {
  return {
    env: {},
    home: '/home/ann',
    cwd: '/nonexistent',
    platform: 'linux',
    user: 'ann',
    kernel: '6.1.0',
    ...changes,
  }
}
