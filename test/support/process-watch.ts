import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Why processes cannot be watched here; undefined if they can. Tests skip with this reason. */
export const processWatchUnavailable = existsSync(childrenPath(process.pid))
  ? undefined
  : 'processes are seen in the /proc of Linux'

/** Looks so often at them: a program takes longer to start. */
const LOOK_MS = 2

/**
 * Notes the arguments of a process and of all that it starts, as everybody on this machine can read them.
 * @returns them, with a line for each program that was seen so far
 */
export function watchArguments(pid: number): () => string {
  const seen = new Set<string>()
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const look = async () => {
    while (!isOver) {
      for (const id of familyOf(pid)) seen.add(argumentsOf(id))
      await delay(LOOK_MS)
    }
  }
  void look()
  return () => [...seen].join('\n')
}

/** Arguments of a process, proc_pid_cmdline(5); empty if it has ended. */
export function argumentsOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
}

/** The environment that a process was started with, proc_pid_environ(5); empty if it has ended. */
export function environmentOf(pid: number): string {
  return read(`/proc/${pid}/environ`).replaceAll('\0', '\n')
}

function familyOf(pid: number): readonly number[] {
  const children = read(childrenPath(pid)).split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(familyOf)]
}

/** Of the main thread, in which Node.js starts programs: proc_tid_children(5). */
function childrenPath(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
