import { dirname } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { ensurePrivateDirectory } from '../base/private-file.ts'

/** Together about ten seconds, and longer than a lock is believed whose process is gone. */
const RETRIES = { retries: 140, factor: 1.2, minTimeout: 5, maxTimeout: 100, randomize: true }
const STALE_MS = 5_000

/**
 * Changes a file of the user's configuration while no other claude-gw does. `change` must not wait for anything, so
 * that a lock is held for milliseconds.
 * @throws GatewayError CONFIG_UNWRITABLE
 */
export async function withLock<T>(path: string, change: () => T): Promise<T> {
  const release = await acquire(path)
  try {
    return change()
  } catch (error) {
    throw error instanceof GatewayError ? error : unwritable(path, error)
  } finally {
    await release()
  }
}

/** Holds a lock while something lasts; undefined where another process holds it. @throws GatewayError CONFIG_UNWRITABLE */
export async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const { lock } = await import('proper-lockfile')
  try {
    ensurePrivateDirectory(dirname(path))
    return await lock(path, { realpath: false, stale: STALE_MS })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined
    throw unwritable(path, error)
  }
}

async function acquire(path: string): Promise<() => Promise<void>> {
  const { lock } = await import('proper-lockfile')
  try {
    ensurePrivateDirectory(dirname(path))
    return await lock(path, { realpath: false, stale: STALE_MS, retries: RETRIES })
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, error: unknown): GatewayError {
  const isHeld = (error as NodeJS.ErrnoException).code === 'ELOCKED'
  return new GatewayError(
    'CONFIG_UNWRITABLE',
    {
      path,
      reason: isHeld ? 'another process holds its lock' : reasonOf(error),
      remedy: isHeld
        ? `try again; if no other claude-gw runs, remove ${path}.lock`
        : 'give CLAUDE_GW_CONFIG_DIR a folder that is yours',
    },
    error,
  )
}
