import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** A repository on this machine. */
export interface GitDirectory {
  /** The folder that has the `.git` in it. */
  readonly root: string
  /** The folder of HEAD: `.git` itself, or in a linked worktree or a submodule the one that the file `.git` names. */
  readonly path: string
}

/** The repository around a folder (gitrepository-layout(5)); undefined outside one. */
export function findGitDirectory(cwd: string): GitDirectory | undefined {
  for (let root = resolve(cwd); ; root = dirname(root)) {
    const path = join(root, '.git')
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return { root, path }
    if (stats?.isFile()) return { root, path: resolve(root, readLink(path)) }
    if (root === dirname(root)) return undefined
  }
}

function readLink(file: string): string {
  try {
    return /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim() ?? ''
  } catch {
    return ''
  }
}
