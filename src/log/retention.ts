import type { Dirent } from 'node:fs'
import { readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dayOf } from './body-place.ts'
import { DAY_MS } from './day-file.ts'

/** How much of the log stays. */
export interface Retention {
  /** Days before today. */
  readonly days: number
  /** Of log and bodies together. */
  readonly bytes: number
}

/** The folders that it is about. */
export interface LogFolders {
  readonly traffic: string
  readonly bodies: string
}

/** A file of the log. */
export interface LogFile {
  readonly path: string
  /** The UTC day that it is named for. */
  readonly day: string
  readonly kind: 'traffic' | 'bodies'
  readonly bytes: number
  readonly changedMs: number
}

export interface PrunePlan {
  /** Oldest first. */
  readonly doomed: readonly LogFile[]
  readonly kept: readonly LogFile[]
}

const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** Who began to write before midnight may be at it still. */
const SETTLE_MS = 600_000

/** What would go, and what would stay. Nothing is changed. @throws the system error where a folder cannot be read */
export async function planPrune(
  folders: LogFolders,
  retention: Retention,
  nowMs: number,
): Promise<PrunePlan> {
  const files = await listLog(folders)
  files.sort(
    (left, right) =>
      compare(left.day, right.day) || compare(left.kind, right.kind) || left.changedMs - right.changedMs,
  )
  const firstDay = dayOf(nowMs - Math.min(retention.days, 100_000) * DAY_MS)
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const doomed = files.filter((file) => {
    if (isInUse(file, nowMs) || (file.day >= firstDay && bytes <= retention.bytes)) return false
    bytes -= file.bytes
    return true
  })
  return { doomed, kept: files.filter((file) => !doomed.includes(file)) }
}

/**
 * Deletes files of the log. Another process may be doing the same, so one that is gone is no error.
 * @returns those that could not be deleted, with the system error of each
 */
export async function deleteFiles(
  files: readonly LogFile[],
): Promise<readonly (readonly [LogFile, Error])[]> {
  const failures: [LogFile, Error][] = []
  for (const file of files) {
    try {
      await unlink(file.path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') failures.push([file, error as Error])
    }
  }
  const folders = new Set(files.filter(({ kind }) => kind === 'bodies').map(({ path }) => dirname(path)))
  // One that is not empty stays.
  for (const folder of folders) await rmdir(folder).catch(() => {})
  return failures
}

/** That of today, by anybody's clock, and what was written just now. */
function isInUse({ day, changedMs }: LogFile, nowMs: number): boolean {
  return day >= dayOf(nowMs) || Math.abs(nowMs - changedMs) < SETTLE_MS
}

async function listLog({ traffic, bodies }: LogFolders): Promise<LogFile[]> {
  const found: LogFile[] = []
  for (const { name } of await entriesOf(traffic, (entry) => entry.isFile())) {
    const day = DAY_FILE.exec(name)?.[1]
    if (day !== undefined) await add(found, { path: join(traffic, name), day, kind: 'traffic' })
  }
  const days = await entriesOf(bodies, (entry) => entry.isDirectory() && DAY.test(entry.name))
  for (const { name: day } of days) {
    for (const { name } of await entriesOf(
      join(bodies, day),
      (entry) => entry.isFile() && entry.name.endsWith('.br'),
    ))
      await add(found, { path: join(bodies, day, name), day, kind: 'bodies' })
  }
  return found
}

async function add(found: LogFile[], file: Pick<LogFile, 'path' | 'day' | 'kind'>): Promise<void> {
  try {
    const { size, mtimeMs } = await stat(file.path)
    found.push({ ...file, bytes: size, changedMs: mtimeMs })
  } catch {
    // Deleted by another process.
  }
}

async function entriesOf(folder: string, isMeant: (entry: Dirent) => boolean): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).filter(isMeant)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}
