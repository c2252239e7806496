import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findGitDirectory } from '../../../src/base/git-directory.ts'
import { repositoryTags } from '../../../src/config/repository.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('the repository is the nearest one above', () => {
  const root = temporaryDirectory()
  mkdirSync(join(root, '.git'))
  mkdirSync(join(root, 'a', 'b'), { recursive: true })
  expect(findGitDirectory(join(root, 'a', 'b'))).toEqual({ root, path: join(root, '.git') })
})

test('a file `.git` names the folder, relative to its own, and git may end it with CR LF', () => {
  const root = temporaryDirectory()
  writeFileSync(join(root, '.git'), 'gitdir: ../main/.git/worktrees/linked\r\n')
  expect(findGitDirectory(root)?.path).toBe(join(root, '../main/.git/worktrees/linked'))
})

test('outside a repository there is none', () => {
  expect(findGitDirectory('/nonexistent')).toBeUndefined()
})

test('the tags of a linked worktree have the branch of that worktree', () => {
  const root = temporaryDirectory()
  const path = join(root, 'main', '.git', 'worktrees', 'linked')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/feature\n')
  mkdirSync(join(root, 'linked'))
  writeFileSync(join(root, 'linked', '.git'), `gitdir: ${path}\n`)
  expect(repositoryTags(join(root, 'linked'))).toEqual({
    project: 'linked',
    repository: 'linked',
    branch: 'feature',
  })
})
