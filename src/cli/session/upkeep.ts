import { bodiesDirectory, ledgerDirectory, sessionsDirectory, trafficDirectory } from '../../config/paths.ts'
import type { Values } from '../../config/schema.ts'
import { DAY_MS } from '../../log/day-file.ts'
import { deleteOldMonths } from '../../log/ledger-files.ts'
import type { LogFolders, Retention } from '../../log/retention.ts'
import { deleteFiles, planPrune } from '../../log/retention.ts'
import { deleteOldSessions } from '../../policies/decorators/session-file.ts'
import type { Context } from '../context.ts'

/** Deletes what is older or more than the configuration wants, and months of the ledger and files of sessions that are too old, now and once a day. Keeps no process alive. */
export function startUpkeep(context: Context): void {
  const prune = () => void pruneQuietly(context)
  prune()
  setInterval(prune, DAY_MS).unref()
}

export function logFolders(context: Context): LogFolders {
  const state = context.stateDirectory()
  return { traffic: trafficDirectory(state), bodies: bodiesDirectory(state) }
}

export function retentionOf(values: Values): Retention {
  return { days: values['log.retention.days'], bytes: values['log.retention.bytes'] }
}

/** Whoever wants to know why something stays asks `logs prune`. */
async function pruneQuietly(context: Context): Promise<void> {
  try {
    const { doomed } = await planPrune(logFolders(context), retentionOf(context.config().values), Date.now())
    await deleteFiles(doomed)
    deleteOldMonths(ledgerDirectory(context.stateDirectory()), Date.now())
    deleteOldSessions(sessionsDirectory(context.stateDirectory()), Date.now())
  } catch {
    // A log that cannot be read is told by those who write and read it.
  }
}
