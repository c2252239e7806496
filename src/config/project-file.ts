import type { Stats } from 'node:fs'
import { realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, relative } from 'node:path'
import { readFileBytes } from './file-bytes.ts'
import type { ProjectPlace } from './project-place.ts'
import { findProjectPlace } from './project-place.ts'
import type { FileIdentity } from './trust.ts'

/** The `.claude-gw.json` of a folder, as it was read once: its hash is that of the bytes of its text. */
export type ProjectFile =
  | (FileIdentity & { readonly kind: 'file'; readonly path: string; readonly text: string })
  | { readonly kind: 'ignored'; readonly path: string; readonly reason: string }

/** The project file of a folder; undefined if it has none. @throws GatewayError CONFIG_UNREADABLE */
export function readProjectFile(cwd: string, home: string): ProjectFile | undefined {
  const place = findProjectPlace(cwd, home)
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
    hash: sha256(bytes),
    text: bytes.toString('utf8'),
  }
}

/** A link may lead to another file of the repository, and to nothing else of its user's. */
function findLinkFault(opened: Stats, { path, repositoryRoot }: ProjectPlace): string | undefined {
  const target = realpathSync(path)
  const way = relative(realpathSync(repositoryRoot), target)
  if (way.startsWith('..') || isAbsolute(way)) return 'it is a link that leads out of the repository'
  const { ino, dev } = statSync(target)
  return ino === opened.ino && dev === opened.dev ? undefined : 'it changed while it was read'
}

/** Most folders have no such file, and loading this takes milliseconds that `claude-gw key` is waited for. */
function sha256(bytes: Buffer): string {
  const { createHash }: typeof import('node:crypto') = createRequire(import.meta.url)('node:crypto')
  return createHash('sha256').update(bytes).digest('hex')
}
