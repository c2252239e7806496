import type { Stats } from 'node:fs'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { GatewayError, reasonOf } from '../base/errors.ts'

/** All of a file, or why it does not count. */
export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'fault'; readonly fault: string }

const MAX_BYTES = 1024 ** 2

/** A FIFO would be waited for, and a terminal become that of this process. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/**
 * Opens a file once: what is looked at is what is read, whatever happens to its path meanwhile.
 * @param findFault says why the open file does not count; without a fault it is read
 * @returns undefined if there is none
 * @throws GatewayError CONFIG_UNREADABLE, also for more than 1 MB; what `findFault` throws
 */
export function readFileBytes(
  path: string,
  findFault: (stats: Stats) => string | undefined,
): FileContent | undefined {
  const fd = open(path)
  if (fd === undefined) return undefined
  try {
    const stats = fstatSync(fd)
    const fault = stats.isFile() ? findFault(stats) : 'it is no regular file'
    return fault === undefined
      ? { kind: 'bytes', bytes: readWhole(fd, stats.size, path) }
      : { kind: 'fault', fault }
  } finally {
    closeSync(fd)
  }
}

export function unreadable(path: string, reason: string, remedy: string, cause?: unknown): GatewayError {
  return new GatewayError('CONFIG_UNREADABLE', { path, reason, remedy }, cause)
}

function open(path: string): number | undefined {
  try {
    return openSync(path, READ_FLAGS)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw unreadable(path, reasonOf(error), 'make it readable for you, or remove it', error)
  }
}

/** One byte more than there should be shows a file that grows, or one of the system's that says 0. */
function readWhole(fd: number, size: number, path: string): Buffer {
  if (size > MAX_BYTES) throw unreadable(path, 'it is larger than 1 MB', 'make it shorter, or remove it')
  const buffer = Buffer.alloc(size + 1)
  let length = 0
  while (length <= size) {
    const count = readSync(fd, buffer, length, buffer.length - length, null)
    if (count === 0) return buffer.subarray(0, length)
    length += count
  }
  throw unreadable(path, 'it grows while it is read', 'try again')
}
