import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'

export const DAY_MS = 86_400_000
/** What ends a line, as a byte. */
export const NEWLINE = 0x0a

const NAME = /^\d{4}-\d{2}-\d{2}\.jsonl$/

/** The file in `directory` that takes what is appended at `timeMs`: one per UTC day. */
function dayFile(directory: string, timeMs: number): string {
  return join(directory, `${new Date(timeMs).toISOString().slice(0, 10)}.jsonl`)
}

/**
 * The paths of the day files, oldest first; none where there is no directory. With `sinceMs`, only those that
 * can hold a record that began then or later.
 * @throws GatewayError LOG_UNREADABLE
 */
export function listDayFiles(directory: string, sinceMs?: number): readonly string[] {
  const paths = listFiles(directory, NAME)
  if (sinceMs === undefined) return paths
  const first = dayFile(directory, sinceMs)
  return paths.filter((path) => path >= first)
}

/**
 * The paths of the files with such a name, in the order of their names; none where there is no directory.
 * @throws GatewayError LOG_UNREADABLE
 */
export function listFiles(directory: string, pattern: RegExp): readonly string[] {
  return readNames(directory)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(directory, name))
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new GatewayError('LOG_UNREADABLE', { path: directory, reason: reasonOf(error) }, error)
  }
}
