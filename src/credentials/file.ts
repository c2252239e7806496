import type { BigIntStats } from 'node:fs'
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { GatewayError } from '../base/errors.ts'
import type { Credential, CredentialStore } from './credential.ts'
import type { FileFault, FileSystems } from './file-fault.ts'
import { escapeControls, fileFaultOf, findFileFault } from './file-fault.ts'
import { fileSystemWithoutModes } from './file-system.ts'
import type { Machine } from './machine.ts'
import { checkToken } from './token.ts'

export interface FileOptions {
  readonly fileSystemWithoutModes?: FileSystems['fileSystemWithoutModes']
  /** Wall clock, in ms. */
  readonly now?: () => number
}

interface SecretFile extends FileSystems {
  readonly reference: string
  readonly path: string
  readonly now: () => number
}

interface Content {
  readonly credential: Credential
  readonly stats: BigIntStats
  readonly isSettled: boolean
}

/** File systems count time in steps: of two changes within one, the second leaves the same times as the first. */
const LONGEST_TIME_STEP_MS = 2_000

/** A FIFO would be waited for, and a terminal become that of this process. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

const RELATIVE = {
  reason: 'its path is relative, and so another one in each folder',
  remedy: 'write it from the root, or from your home folder as `~/…`',
}

/**
 * The credential in a file that is its owner's alone, as ssh(1) wants it of a private key. Each use looks whether the
 * file changed, which takes microseconds; it is read again only then.
 */
export function fileStore(
  given: string,
  { home, platform }: Pick<Machine, 'home' | 'platform'>,
  options: FileOptions = {},
): CredentialStore {
  const reference = `file:${escapeControls(given)}`
  const path = given.startsWith('~/') ? join(home, given.slice(2)) : given
  const file = { fileSystemWithoutModes, now: Date.now, ...options, platform, reference, path }
  let content: Content | undefined
  const read = () => {
    try {
      if (!content || hasChanged(path, content)) content = readWhole(file)
      return content.credential
    } catch (error) {
      throw error instanceof GatewayError ? error : failure(file, fileFaultOf(error, path), error)
    }
  }
  return { reference, freshness: 'each-use', read, check: () => void read() }
}

/** A change of mode or owner shows in `ctimeNs`, which nobody can set. */
function hasChanged(path: string, { stats, isSettled }: Content): boolean {
  if (!isSettled) return true
  const { ctimeNs, mtimeNs, size, ino, dev } = statSync(path, { bigint: true })
  const isSameFile = ino === stats.ino && dev === stats.dev
  return !isSameFile || ctimeNs !== stats.ctimeNs || mtimeNs !== stats.mtimeNs || size !== stats.size
}

/** What is checked is what is read, whatever happens to the path meanwhile. */
function readWhole(file: SecretFile): Content {
  const { path, reference } = file
  if (!isAbsolute(path)) throw failure(file, RELATIVE)
  const fd = openSync(path, READ_FLAGS)
  try {
    const stats = fstatSync(fd, { bigint: true })
    const fault = findFileFault(path, stats, file)
    if (fault) throw failure(file, fault)
    const isSettled = file.now() - Number(stats.ctimeMs) > LONGEST_TIME_STEP_MS
    const value = checkToken(readFileSync(fd, 'utf8').trim(), reference)
    return { credential: { value, source: reference }, stats, isSettled }
  } finally {
    closeSync(fd)
  }
}

function failure({ reference }: SecretFile, fault: FileFault, cause?: unknown): GatewayError {
  return new GatewayError('CREDENTIAL_FAILED', { reference, ...fault }, cause)
}
