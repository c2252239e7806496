import { randomBytes } from 'node:crypto'
import { closeSync, linkSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { createPrivateFile, ensurePrivateDirectory, openPrivateFile } from '../../base/private-file.ts'

const KEY_BYTES = 32
const KEY_TEXT = /^[\da-f]{64}\n?$/

/**
 * The key that placeholders are made with: the same one for all processes of this user, made when it is first asked
 * for.
 * @param stateDirectory where it is kept, in `mask.key` (0600)
 * @throws GatewayError MASK_KEY_UNUSABLE where it can be neither read nor made
 */
export function machineKey(stateDirectory: string): Buffer {
  const path = join(stateDirectory, 'mask.key')
  try {
    const text = readKey(path) ?? makeKey(stateDirectory, path)
    if (!KEY_TEXT.test(text)) throw new Error('it does not hold 64 hex digits')
    return Buffer.from(text.trim(), 'hex')
  } catch (error) {
    throw new GatewayError('MASK_KEY_UNUSABLE', { path, reason: reasonOf(error) }, error)
  }
}

function readKey(path: string): string | undefined {
  try {
    return readPrivateFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** A link is made of a file that is whole already, and by one process only: whoever comes second reads the first one's. */
function makeKey(stateDirectory: string, path: string): string {
  ensurePrivateDirectory(stateDirectory)
  const text = `${randomBytes(KEY_BYTES).toString('hex')}\n`
  const temporary = `${path}.${crypto.randomUUID()}.tmp`
  createPrivateFile(temporary, text)
  try {
    publish(temporary, path, text)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
  return readPrivateFile(path)
}

function publish(temporary: string, path: string, text: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    // Some file systems have no links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error
    createPrivateFile(path, text)
  }
}

function readPrivateFile(path: string): string {
  const fd = openPrivateFile(path, 'r')
  try {
    return readFileSync(fd, 'latin1')
  } finally {
    closeSync(fd)
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
