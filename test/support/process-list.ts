import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

export interface ProcessList {
  /** A file that processes write their ids into, one per line. */
  readonly path: string
  /** Gives their ids once there are as many. */
  readonly ids: (count: number) => Promise<readonly number[]>
}

/** Processes that are not our children; what is left of them is killed after the test. */
export function processList(): ProcessList {
  const path = join(temporaryDirectory(), 'ids')
  onTestFinished(() => readIds(path).forEach(kill))
  const ids = async (count: number) => {
    await expect.poll(() => readIds(path).length, { timeout: 20_000 }).toBe(count)
    return readIds(path)
  }
  return { path, ids }
}

/** Waits until none of them runs any more. */
export async function allGone(ids: readonly number[]): Promise<void> {
  while (ids.some(isRunning)) await delay(10)
}

function readIds(path: string): readonly number[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number) : []
}

/** Not one that has ended and waits to be asked for its exit code (proc_pid_stat(5)). */
function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
    return !existsSync('/proc') || !/\) Z /.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function kill(id: number): void {
  if (isRunning(id)) process.kill(id, 'SIGKILL')
}
