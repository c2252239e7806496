import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { GitDirectory } from '../base/git-directory.ts'
import { findGitDirectory } from '../base/git-directory.ts'
import { gitConfigValue } from './git-config.ts'
import { remoteName } from './remote.ts'
import type { Tags } from './tags.ts'

/**
 * Labels of the repository around a folder: `repository`, which is `host/owner/name` of its remote `origin`, or
 * without one the name of its folder; the last part of that as `project`; and `branch`, or the short commit of a
 * detached HEAD. Empty outside a repository. Read from git's own files: a git that is started in a folder of unknown
 * origin would run what that folder configures.
 */
export function repositoryTags(cwd: string): Tags {
  const found = findGitDirectory(cwd)
  if (!found) return {}
  const common = commonDirectory(found.path)
  const url = gitConfigValue(readText(join(common, 'config')), 'remote', 'origin', 'url')
  const repository = (url === undefined ? undefined : remoteName(url)) ?? folderName(found, common)
  const branch = readBranch(found.path)
  const tags = { project: basename(repository), repository, branch }
  return Object.fromEntries(Object.entries(tags).filter(hasText))
}

/** What all working trees of a repository share (gitrepository-layout(5), `commondir`). */
function commonDirectory(path: string): string {
  const link = readText(join(path, 'commondir')).trim()
  return link === '' ? path : resolve(path, link)
}

/** Of the main working tree, also for a linked one. */
function folderName({ root, path }: GitDirectory, common: string): string {
  if (common === path) return basename(root)
  return basename(common) === '.git' ? basename(dirname(common)) : basename(common, '.git')
}

/** A name that begins with a dot is a stand-in of newer formats, which keep their references elsewhere. */
function readBranch(path: string): string | undefined {
  const head = readText(join(path, 'HEAD')).trim()
  return (
    /^ref:\s*refs\/heads\/([^.\n].*)$/.exec(head)?.[1] ?? /^([0-9a-f]{7})[0-9a-f]{33,57}$/.exec(head)?.[1]
  )
}

const LONGEST_TEXT_BYTES = 1024 ** 2

/** Only of a plain file: others can keep us waiting. */
function readText(path: string): string {
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= LONGEST_TEXT_BYTES ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}

function hasText(entry: [string, string | undefined]): entry is [string, string] {
  return Boolean(entry[1])
}
