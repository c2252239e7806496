import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles } from './day-file.ts'
import { monthAt } from './period.ts'

const NAME = /^\d{4}-\d{2}\.jsonl$/
const MONTHS_KEPT = 13

/**
 * The paths of the month files, oldest first; with `sinceMs`, only those that can hold an exchange that began then or later.
 * @throws GatewayError LOG_UNREADABLE
 */
export function listMonthFiles(directory: string, sinceMs?: number): readonly string[] {
  const paths = listFiles(directory, NAME)
  return sinceMs === undefined ? paths : paths.filter((path) => path >= monthFile(directory, sinceMs))
}

/** Deletes the months that ended more than 13 months ago. What cannot be deleted stays for the next time. */
export function deleteOldMonths(directory: string, nowMs: number): void {
  try {
    const now = new Date(nowMs)
    const oldest = monthFile(directory, Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS_KEPT))
    for (const path of listMonthFiles(directory)) if (path < oldest) rmSync(path)
  } catch {
    // Nobody is waiting for the room.
  }
}

function monthFile(directory: string, timeMs: number): string {
  return join(directory, `${monthAt(timeMs).name}.jsonl`)
}
