import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { HelperHost, Machine } from './machine.ts'

/**
 * Makes a helper end with all that it started when this process exits, or before that when the given function is called.
 * What started a session of its own, as the agents of password managers do, goes on.
 */
export function endingGroup(child: ChildProcess, machine: Machine): () => void {
  const { process: host } = machine
  const end = () => kill(child, machine)
  add(host, end)
  return () => {
    remove(host, end)
    end()
  }
}

interface Running {
  readonly ends: Set<() => void>
  readonly onExit: () => void
}

/** One listener for all helpers: Node.js warns on the terminal of more than ten. */
const runningIn = new Map<HelperHost, Running>()

function add(host: HelperHost, end: () => void): void {
  const running = runningIn.get(host) ?? listen(host)
  running.ends.add(end)
}

function listen(host: HelperHost): Running {
  const ends = new Set<() => void>()
  const onExit = () => {
    for (const end of ends) end()
  }
  const running = { ends, onExit }
  host.once('exit', onExit)
  runningIn.set(host, running)
  return running
}

function remove(host: HelperHost, end: () => void): void {
  const running = runningIn.get(host)
  running?.ends.delete(end)
  if (!running || running.ends.size > 0) return
  host.off('exit', running.onExit)
  runningIn.delete(host)
}

function kill(child: ChildProcess, { platform, process: host }: Machine): void {
  if (child.pid === undefined) return
  if (platform === 'win32') killTree(child)
  else killGroup(child.pid, host)
}

/** Windows has no groups, and what a process that has ended started cannot be found by its number any more. */
function killTree({ pid, exitCode, signalCode }: ChildProcess): void {
  if (exitCode !== null || signalCode !== null) return
  const options = { stdio: 'ignore', windowsHide: true } as const
  spawn('taskkill', ['/pid', String(pid), '/T', '/F'], options).on('error', () => {})
}

function killGroup(pid: number, host: HelperHost): void {
  try {
    host.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}
