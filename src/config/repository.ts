import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { findGitDirectory } from '../base/git-directory.ts'

/** Labels of the repository around a folder: its name, also as the project, and the branch. Empty outside one. */
export function repositoryTags(cwd: string): Readonly<Record<string, string>> {
  const found = findGitDirectory(cwd)
  if (!found) return {}
  const name = basename(found.root)
  const branch = readBranch(found.path)
  return { project: name, repository: name, ...(branch !== undefined && { branch }) }
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
