import type { Stats } from 'node:fs'
import {
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { print } from '../output.ts'

/** Where an export goes. */
export interface ExportTarget {
  /** @returns false when nobody reads any more */
  write(text: string): Promise<boolean>
  /** After the last write. */
  close(): void
  /** After a failure: takes away a file that was begun. */
  discard(): void
}

export interface ExportTargetOptions {
  /** Without it, stdout. */
  readonly path?: string | undefined
  readonly canOverwrite: boolean
}

/**
 * Opens stdout, or a file that only its owner can read (0600). One that is there already stays whole until the new one is.
 * @throws GatewayError EXPORT_EXISTS, EXPORT_UNWRITABLE
 */
export function openExport({ stdout }: Context, { path, canOverwrite }: ExportTargetOptions): ExportTarget {
  if (path === undefined) {
    return { write: (text) => print(stdout, text), close: () => undefined, discard: () => undefined }
  }
  const stats = canOverwrite ? statOf(path) : undefined
  if (stats && !stats.isFile()) return openTarget(path, path, constants.O_WRONLY)
  return openTarget(path, canOverwrite ? `${path}.${crypto.randomUUID()}.tmp` : path, 'wx')
}

/** What is there. A link to a file, or to nothing, is not gone through: it may lead anywhere. */
function statOf(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
  if (isLink && (stats?.isFile() ?? true)) throw unwritable(path, new Error('it is a link'))
  return stats
}

/** @param writtenPath what is written to, and put in place of `path` at the end */
function openTarget(path: string, writtenPath: string, flags: string | number): ExportTarget {
  const fd = openFile(path, writtenPath, flags)
  const isOurs = flags === 'wx'
  let isOpen = true
  const end = () => {
    if (isOpen) closeSync(fd)
    isOpen = false
  }
  return {
    write: async (text) => {
      writeAll(fd, path, Buffer.from(text))
      return true
    },
    close: () => {
      end()
      if (writtenPath !== path) moveTo(path, writtenPath)
    },
    discard: () => {
      end()
      if (isOurs) rmSync(writtenPath, { force: true })
    },
  }
}

function openFile(path: string, writtenPath: string, flags: string | number): number {
  try {
    const fd = openSync(writtenPath, flags, 0o600)
    // The umask may have taken more from the mode; a device keeps its own.
    if (flags === 'wx') fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new GatewayError('EXPORT_EXISTS', { path })
    throw unwritable(path, error)
  }
}

function moveTo(path: string, writtenPath: string): void {
  try {
    renameSync(writtenPath, path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** A write may be short without an error. */
function writeAll(fd: number, path: string, bytes: Buffer): void {
  try {
    let written = 0
    while (written < bytes.length) written += writeSync(fd, bytes, written)
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, error: unknown): GatewayError {
  return new GatewayError('EXPORT_UNWRITABLE', { path, reason: reasonOf(error) }, error)
}
