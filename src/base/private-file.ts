import { chmodSync, fchmodSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs'
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
