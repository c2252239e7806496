import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Labels of the repository around a folder: its name, also as the project, and the branch. Empty outside one. */
export function repositoryTags(cwd: string): Readonly<Record<string, string>> {
  const found = findGitDirectory(cwd)
  if (!found) return {}
  const branch = readBranch(found.gitDirectory)
  return { project: found.name, repository: found.name, ...(branch !== undefined && { branch }) }
}

/** `.git` is a folder, or in a worktree a file that names it (gitrepository-layout(5)). */
function findGitDirectory(cwd: string): { readonly name: string; readonly gitDirectory: string } | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, '.git')
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return { name: basename(folder), gitDirectory: path }
    if (stats?.isFile()) return { name: basename(folder), gitDirectory: resolve(folder, readLink(path)) }
    if (folder === dirname(folder)) return undefined
  }
}

function readLink(path: string): string {
  return /^gitdir: (.+)$/m.exec(readText(path))?.[1] ?? ''
}

function readBranch(gitDirectory: string): string | undefined {
  return /^ref: refs\/heads\/(.+)$/m.exec(readText(join(gitDirectory, 'HEAD')))?.[1]
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
