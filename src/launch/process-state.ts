import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface ProcessHost {
  readonly pid: number
  readonly platform: NodeJS.Platform
}

/**
 * Whether this process is in the foreground process group of its terminal, where Ctrl-C reaches the child as well.
 * On Windows a console gives Ctrl-C to all its processes.
 */
export function isInForeground({ pid, platform }: ProcessHost): boolean {
  switch (platform) {
    case 'win32':
      return true
    case 'linux': {
      // proc_pid_stat(5): state, ppid, pgrp, session, tty_nr, tpgid
      const [, , group, , , foregroundGroup] = readStat(pid)
      return group !== undefined && group === foregroundGroup
    }
    default:
      return readStatus(pid).includes('+')
  }
}

/** Whether a process is stopped, as by Ctrl-Z; false if it is gone. */
export function isStopped(pid: number, platform: NodeJS.Platform): boolean {
  return platform === 'linux' ? readStat(pid)[0] === 'T' : readStatus(pid).startsWith('T')
}

/** The fields behind the program's name, which may itself hold spaces and brackets. */
function readStat(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** The state as ps(1) has it, such as `S+`. */
function readStatus(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8', timeout: 1000 }).trim()
  } catch {
    return ''
  }
}
