import { closeSync, fchmodSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Context } from './context.ts'
import { print } from './output.ts'

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

/** Opens stdout, or a file that only its owner can read (0600). @throws GatewayError EXPORT_EXISTS, EXPORT_UNWRITABLE */
export function openExport({ stdout }: Context, { path, canOverwrite }: ExportTargetOptions): ExportTarget {
  if (path === undefined) {
    return { write: (text) => print(stdout, text), close: () => undefined, discard: () => undefined }
  }
  const fd = openFile(path, canOverwrite)
  return {
    write: async (text) => {
      writeAll(fd, path, Buffer.from(text))
      return true
    },
    close: () => closeSync(fd),
    discard: () => {
      closeSync(fd)
      if (!canOverwrite) rmSync(path, { force: true })
    },
  }
}

function openFile(path: string, canOverwrite: boolean): number {
  try {
    const fd = openSync(path, canOverwrite ? 'w' : 'wx', 0o600)
    // The mode acts at creation only; a device keeps its own.
    if (fstatSync(fd).isFile()) fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new GatewayError('EXPORT_EXISTS', { path })
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
