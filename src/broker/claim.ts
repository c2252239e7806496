import { withLock } from '../config/lock.ts'
import type { ServeEntry } from './registry.ts'
import { entryPath, openRegistry, readEntry, writeEntry } from './registry.ts'

/**
 * Makes a gateway the one of its profile, unless another one became that since `last` was read.
 * @returns the other one, which keeps the entry
 * @throws GatewayError STATE_UNWRITABLE, CONFIG_UNWRITABLE
 */
export async function claimEntry(
  stateDirectory: string,
  entry: ServeEntry,
  last: ServeEntry | undefined,
): Promise<ServeEntry | undefined> {
  openRegistry(stateDirectory)
  return withLock(entryPath(stateDirectory, entry.profile), () => {
    const current = readEntry(stateDirectory, entry.profile)
    if (current?.pid !== undefined && current.runId !== last?.runId) return current
    writeEntry(stateDirectory, entry)
    return undefined
  })
}
