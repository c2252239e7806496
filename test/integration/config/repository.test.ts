import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryTags } from '../../../src/config/repository.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const COMMIT = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d'
const hasGit = spawnSync('git', ['--version']).status === 0

describe('the repository', () => {
  test('is named by its remote origin, without the credentials in it', () => {
    const folder = openRepository({ config: remote('https://me:t0ken@git.example/acme/search.git') })
    expect(repositoryTags(folder)).toEqual({
      project: 'search',
      repository: 'git.example/acme/search',
      branch: 'main',
    })
  })

  test.each([
    ['there is no remote', '[core]\n'],
    ['its remote cannot be read', remote('https://git.example:port/t0ken')],
    ['its remote is nothing', remote('')],
    ['only a file that is included has it', '[include]\npath = other\n'],
  ])('is named by its folder where %s', (_, config) => {
    const tags = repositoryTags(openRepository({ config, files: { other: remote('a:b/c') } }))
    expect(tags).toEqual({ project: 'checkout', repository: 'checkout', branch: 'main' })
  })

  test('is the same from a folder in it', () => {
    const folder = openRepository({ config: remote('git@git.example:acme/search') })
    mkdirSync(join(folder, 'a', 'b'), { recursive: true })
    expect(repositoryTags(join(folder, 'a', 'b'))['repository']).toBe('git.example/acme/search')
  })

  test('is none outside of one', () => {
    expect(repositoryTags('/nonexistent')).toEqual({})
  })
})

describe('the branch', () => {
  test.each([
    ['a branch', 'ref: refs/heads/feature/größe\n', 'feature/größe'],
    ['a branch, with CR LF', 'ref: refs/heads/main\r\n', 'main'],
    ['a commit', `${COMMIT}\n`, '1a2b3c4'],
    ['a commit of a SHA-256 repository', `${COMMIT}${'0'.repeat(24)}\n`, '1a2b3c4'],
    ['something else', 'ref: refs/remotes/origin/main\n', undefined],
    ['the stand-in of another format', 'ref: refs/heads/.invalid\n', undefined],
    ['nothing', '', undefined],
  ])('of a HEAD that names %s', (_, head, branch) => {
    expect(repositoryTags(openRepository({ head }))['branch']).toBe(branch)
  })
})

describe('does not wait for, or read without end,', () => {
  test('a pipe', () => {
    const folder = openRepository({ head: undefined })
    execFileSync('mkfifo', [join(folder, '.git', 'HEAD')])
    expect(repositoryTags(folder)).toEqual({ project: 'checkout', repository: 'checkout' })
  })

  test('a device', () => {
    const folder = openRepository({ head: undefined })
    symlinkSync('/dev/zero', join(folder, '.git', 'HEAD'))
    expect(repositoryTags(folder)['branch']).toBeUndefined()
  })

  test('a file of a terabyte', () => {
    const folder = openRepository({ config: remote('git@git.example:acme/search') })
    truncateSync(join(folder, '.git', 'config'), 1024 ** 4)
    expect(repositoryTags(folder)['repository']).toBe('checkout')
  })
})

describe.skipIf(!hasGit)('as git itself makes it (needs git):', () => {
  test('a linked worktree has its own branch, and the names of the repository', () => {
    const { folder, git } = initialised()
    git('worktree', 'add', '-q', '-b', 'side', '../linked')
    expect(repositoryTags(join(folder, '../linked'))).toEqual({
      project: 'search',
      repository: 'search',
      branch: 'side',
    })
    git('remote', 'add', 'origin', 'git@git.example:acme/engine.git')
    expect(repositoryTags(join(folder, '../linked'))['repository']).toBe('git.example/acme/engine')
  })

  test('a worktree of a bare repository is named by that', () => {
    const { folder, git } = initialised()
    git('clone', '-q', '--bare', '.', '../bare/engine.git')
    git('--git-dir', '../bare/engine.git', 'remote', 'remove', 'origin')
    git('--git-dir', '../bare/engine.git', 'worktree', 'add', '-q', '-b', 'side', '../linked')
    expect(repositoryTags(join(folder, '../linked'))['repository']).toBe('engine')
  })

  test('a submodule has names of its own', () => {
    const { folder, git } = initialised()
    git('clone', '-q', '.', '../part')
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../part', 'inner')
    expect(repositoryTags(join(folder, 'inner'))['repository']).toBe('part')
  })

  test('a detached HEAD is its commit', () => {
    const { folder, git } = initialised()
    git('checkout', '-q', '--detach')
    expect(git('rev-parse', 'HEAD')).toContain(repositoryTags(folder)['branch'])
  })
})

interface Parts {
  readonly config?: string
  readonly head?: string | undefined
  readonly files?: Readonly<Record<string, string>>
}

/** A folder `checkout` with what is read of a repository. */
function openRepository(parts: Parts): string {
  const { config, head, files = {} } = { config: '', head: 'ref: refs/heads/main\n', ...parts }
  const folder = join(temporaryDirectory(), 'checkout')
  mkdirSync(join(folder, '.git'), { recursive: true })
  const texts = { config, ...(head !== undefined && { HEAD: head }), ...files }
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, '.git', name), text)
  return folder
}

function remote(url: string): string {
  return `[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`
}

/** A repository `search` with one commit. */
function initialised() {
  const home = realpathSync(temporaryDirectory())
  const folder = join(home, 'search')
  mkdirSync(folder)
  const env = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' }
  const author = ['-c', 'user.name=n', '-c', 'user.email=e@example.com']
  const git = (...args: string[]) =>
    execFileSync('git', [...author, ...args], { cwd: folder, env, encoding: 'utf8' })
  git('init', '-q', '-b', 'main')
  git('commit', '-q', '--allow-empty', '-m', 'first')
  return { folder, git }
}
