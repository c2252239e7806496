import { lstatSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { findGitDirectory } from '../base/git-directory.ts'

/** Where the project file of a folder is. */
export interface ProjectPlace {
  readonly path: string
  /** Outside a repository the folder itself. */
  readonly repositoryRoot: string
}

/**
 * Finds the nearest `.claude-gw.json`, from a folder up to the root of the repository around it, which is that of a
 * nested repository, a worktree or a submodule first; outside a repository in the folder alone. The home folder has
 * none: its owner has a file of their own.
 */
export function findProjectPlace(cwd: string, home: string): ProjectPlace | undefined {
  const start = resolve(cwd)
  const repositoryRoot = findRoot(start)
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, '.claude-gw.json')
    if (isThere(path) && !isSameFolder(folder, home)) return { path, repositoryRoot }
    if (folder === repositoryRoot || folder === dirname(folder)) return undefined
  }
}

function findRoot(cwd: string): string {
  try {
    return findGitDirectory(cwd)?.root ?? cwd
  } catch {
    return cwd
  }
}

/** A folder that may not be entered has none. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function isSameFolder(folder: string, home: string): boolean {
  const [left, right] = [folder, home].map((path) => statSync(path, { throwIfNoEntry: false }))
  return left !== undefined && left.ino === right?.ino && left.dev === right.dev
}
