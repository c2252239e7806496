import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory that only its owner can enter (0700), whatever the umask, and mends one that others can.
 * @throws the system error where it cannot be made.
 */
export function ensurePrivateDirectory(path: string): void {
  makeDirectory(path)
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
}

/**
 * Opens a file that only its owner can read (0600). `mode` acts at creation only, so an existing file that
 * others can read is mended here.
 * @returns the file descriptor
 */
export function openPrivateFile(path: string, flags: string): number {
  const fd = openSync(path, flags, 0o600)
  if ((fstatSync(fd).mode & 0o077) !== 0) fchmodSync(fd, 0o600)
  return fd
}

/**
 * Puts a text in place of a file, for the owner alone (0600): whoever reads it meanwhile gets all of the old one or all
 * of the new one, and so does the next start after a power cut.
 * @throws the system error where it cannot be written; the old file then stays.
 */
export function replacePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`
  createPrivateFile(temporary, text)
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** How a file is made. */
export interface Making {
  /** Whether it is on the disk at once, which may take a while; true by default. Otherwise a power cut may leave it empty. */
  readonly isFlushed?: boolean
}

/**
 * Makes a file for the owner alone (0600), as a rule on the disk when this returns.
 * @throws the system error, EEXIST where there is one; a file that could not be written whole is taken away again.
 */
export function createPrivateFile(path: string, text: string, { isFlushed = true }: Making = {}): void {
  const fd = openPrivateFile(path, 'wx')
  try {
    writeFileSync(fd, text)
    if (isFlushed) fsyncSync(fd)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes a file for the owner alone (0600), whole from the first moment on, unless there is one: of several processes,
 * one makes it, and all then read the same.
 * @throws the system error where it can be neither made nor found.
 */
export function publishPrivateFile(path: string, text: string, making: Making = {}): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`
  createPrivateFile(temporary, text, making)
  try {
    publish(temporary, path, text, making)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/**
 * Reads a file, and makes one that others can read the owner's alone.
 * @returns undefined where there is none
 * @throws the system error
 */
export function readPrivateFile(path: string): string | undefined {
  let fd: number
  try {
    fd = openPrivateFile(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function publish(temporary: string, path: string, text: string, making: Making): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    // Some file systems have no links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error
    createPrivateFile(path, text, making)
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

/** Step by step: `recursive` never returns where a file system answers ENOENT below a folder that is there (/proc). */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return
  if (dirname(path) !== path) makeDirectory(dirname(path))
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
