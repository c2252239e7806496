import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { findGitDirectory } from '../base/git-directory.ts'
import { readFileBytes } from './file-bytes.ts'
import type { JsonRoot } from './json-tree.ts'
import { parseJsonTree } from './json-tree.ts'
import type { FileIdentity } from './trust.ts'

/** The `.claude-gw.json` of a folder, as it was read once: its hash is that of the bytes its JSON was read from. */
export type ProjectFile =
  | (FileIdentity & { readonly kind: 'file'; readonly path: string; readonly root: JsonRoot })
  | { readonly kind: 'ignored'; readonly path: string; readonly reason: string }

interface Place {
  readonly path: string
  readonly repositoryRoot: string
}

/**
 * The nearest project file, from a folder up to the root of the repository around it, which is that of a nested
 * repository, a worktree or a submodule first; outside a repository that of the folder alone. The home folder has none:
 * its owner has a file of their own.
 * @throws GatewayError CONFIG_MALFORMED, CONFIG_UNREADABLE
 */
export function readProjectFile(cwd: string, home: string): ProjectFile | undefined {
  const place = findPlace(resolve(cwd), home)
  if (!place) return undefined
  const { path } = place
  const content = readFileBytes(path, (opened) => findLinkFault(opened, place))
  if (!content) return undefined
  if (content.kind === 'fault') return { kind: 'ignored', path, reason: content.fault }
  const { bytes } = content
  return {
    kind: 'file',
    path,
    realPath: realpathSync(path),
    hash: createHash('sha256').update(bytes).digest('hex'),
    root: parseJsonTree(bytes.toString('utf8'), path),
  }
}

function findPlace(cwd: string, home: string): Place | undefined {
  const repositoryRoot = findRoot(cwd)
  for (let folder = cwd; ; folder = dirname(folder)) {
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

/** A link may lead to another file of the repository, and to nothing else of its user's. */
function findLinkFault(opened: Stats, { path, repositoryRoot }: Place): string | undefined {
  const target = realpathSync(path)
  const way = relative(realpathSync(repositoryRoot), target)
  if (way.startsWith('..') || isAbsolute(way)) return 'it is a link that leads out of the repository'
  const { ino, dev } = statSync(target)
  return ino === opened.ino && dev === opened.dev ? undefined : 'it changed while it was read'
}
