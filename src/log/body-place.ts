import { createHash } from 'node:crypto'
import { join } from 'node:path'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const FILE = /^\d{4}-\d{2}-\d{2}\/[\w-]{1,120}\.br$/

/** The UTC day as it stands in names. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/**
 * The name of a new stream below the folder of the bodies. What a session's id consists of is up to the client, so what
 * is no UUID goes into no name.
 * @param count which stream of its run it is
 */
export function bodyFile(day: string, session: string | undefined, runId: string, count: number): string {
  return `${day}/${sessionName(session)}_${runId}_${count}.br`
}

/** The path of a file that a record names; undefined for a name that is none of ours. */
export function bodyPath(directory: string, file: unknown): string | undefined {
  return typeof file === 'string' && FILE.test(file) ? join(directory, file) : undefined
}

function sessionName(session: string | undefined): string {
  if (session === undefined) return 'none'
  const id = session.toLowerCase()
  return UUID.test(id) ? id : createHash('sha256').update(session).digest('hex').slice(0, 32)
}
