import type { BigIntStats } from 'node:fs'
import { reasonOf } from '../base/errors.ts'
import { isOwn } from '../base/ownership.ts'
import { shellWord } from '../base/shell-word.ts'

/** Why a credential is not taken from a file, and what to do. */
export interface FileFault {
  readonly reason: string
  readonly remedy: string
}

export interface FileSystems {
  readonly platform: NodeJS.Platform
  /** Names the file system of a path if it cannot keep a file from others. */
  readonly fileSystemWithoutModes: (path: string) => string | undefined
}

const MAX_BYTES = 65_536

/** What is wrong with a file that was opened, if anything: it must hold a key, and be its owner's alone. */
export function findFileFault(
  path: string,
  stats: BigIntStats,
  { platform, fileSystemWithoutModes }: FileSystems,
): FileFault | undefined {
  if (!stats.isFile()) return { reason: 'it is no regular file', remedy: NAME_ANOTHER }
  if (stats.size > MAX_BYTES) return { reason: 'it is larger than 64 KB', remedy: NAME_ANOTHER }
  // On Windows a mode does not say who may read.
  if (platform === 'win32') return undefined
  const fileSystem = platform === 'linux' ? fileSystemWithoutModes(path) : undefined
  return fileSystem === undefined ? findOpening(path, stats) : withoutModes(fileSystem)
}

const NAME_ANOTHER = 'name a file that holds the key and nothing else'

function withoutModes(fileSystem: string): FileFault {
  return {
    reason: `its file system (${fileSystem}) cannot keep it from others`,
    remedy: 'move it to a Linux file system, and run `chmod 600` on it there',
  }
}

/** How others come to the secret, or could have put it there. */
function findOpening(path: string, { mode, uid }: BigIntStats): FileFault | undefined {
  const bits = Number(mode & 0o777n)
  if ((bits & 0o077) !== 0)
    return {
      reason: `others can ${bits & 0o044 ? 'read' : 'use'} it (mode 0${bits.toString(8)})`,
      remedy: `run \`chmod 600 ${escapeControls(shellWord(path))}\``,
    }
  if (isOwn(Number(uid))) return undefined
  return { reason: `it belongs to another user (${uid})`, remedy: 'copy it to a file of your own' }
}

/** The fault behind a system error. */
export function fileFaultOf(error: unknown, path: string): FileFault {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return {
      reason: 'there is no such file',
      remedy: `put the key into ${escapeControls(path)}, with the mode 0600`,
    }
  return {
    reason: escapeControls(reasonOf(error)),
    remedy: `run \`ls -l ${escapeControls(shellWord(path))}\` to see who may read it`,
  }
}

/** A path may hold any character but NUL; an error is one line. */
export function escapeControls(path: string): string {
  return path.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
