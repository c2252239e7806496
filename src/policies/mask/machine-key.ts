import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { ensurePrivateDirectory, publishPrivateFile, readPrivateFile } from '../../base/private-file.ts'

const KEY_BYTES = 32
const KEY_TEXT = /^[\da-f]{64}\n?$/

/**
 * The key that placeholders are made with: the same one for all processes of this user, made when it is first asked
 * for.
 * @param stateDirectory where it is kept, in `mask.key` (0600)
 * @throws GatewayError MASK_KEY_UNUSABLE where it can be neither read nor made
 */
export function machineKey(stateDirectory: string): Buffer {
  return readKey(stateDirectory, makeKey)
}

/** The same for a trial, which leaves nothing behind: where no key has been made, one that is forgotten. */
export function trialKey(stateDirectory: string): Buffer {
  return readKey(stateDirectory, newKey)
}

function readKey(
  stateDirectory: string,
  otherwise: (stateDirectory: string, path: string) => string,
): Buffer {
  const path = join(stateDirectory, 'mask.key')
  try {
    const text = readPrivateFile(path) ?? otherwise(stateDirectory, path)
    if (!KEY_TEXT.test(text)) throw new Error('it does not hold 64 hex digits')
    return Buffer.from(text.trim(), 'hex')
  } catch (error) {
    throw new GatewayError('MASK_KEY_UNUSABLE', { path, reason: reasonOf(error) }, error)
  }
}

function makeKey(stateDirectory: string, path: string): string {
  ensurePrivateDirectory(stateDirectory)
  publishPrivateFile(path, `${newKey()}\n`)
  return readPrivateFile(path) ?? ''
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('hex')
}
