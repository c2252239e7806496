import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { followStops } from './job-control.ts'
import type { SignalHost } from './signals.ts'
import { relaySignals } from './signals.ts'
import type { TerminalHost } from './terminal.ts'
import { restoreTerminal } from './terminal.ts'

/** The parts of a process that a launch needs; Node's own `process` is one. */
export type LaunchHost = SignalHost & TerminalHost

export interface LaunchInput {
  /** Path of the program. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly process: LaunchHost
  /** Called once, right after the child's exec. */
  readonly onSpawn?: (pid: number) => void
  /** How long after a SIGTERM to us a child that does not end is killed; 10 s by default. */
  readonly killAfterMs?: number
}

export interface LaunchResult {
  /** The child's own, or 128+n when signal n ended it. */
  readonly exitCode: number
  readonly signal?: NodeJS.Signals
  /** Lets signals end this process again. Until then none changes its exit code, whatever is still to be finished. */
  readonly release: () => void
}

const KILL_AFTER_MS = 10_000

/**
 * Runs a program in our place: same terminal, same process group, signals as if it had been started directly.
 * Node's own spawn, because execa costs 70 ms before the exec.
 * @throws GatewayError CLAUDE_NOT_FOUND, CLAUDE_NOT_EXECUTABLE
 */
export async function launch(input: LaunchInput): Promise<LaunchResult> {
  const { command, args, env, cwd, process: host, onSpawn, killAfterMs = KILL_AFTER_MS } = input
  let child: ChildProcess | undefined
  const signals = relaySignals(host, { childPid: () => runningPid(child), killAfterMs })
  try {
    child = spawn(command, [...args], { env, cwd, stdio: 'inherit' })
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const stops = child.pid === undefined ? undefined : followStops(host, child.pid)
    try {
      if (child.pid !== undefined) onSpawn?.(child.pid)
      const [exitCode, signal] = await exit
      if (signal === null) return { exitCode: exitCode ?? 1, release: signals.stop }
      restoreTerminal(host)
      return { exitCode: 128 + constants.signals[signal], signal, release: signals.stop }
    } finally {
      stops?.stop()
    }
  } catch (error) {
    signals.stop()
    throw child?.pid === undefined ? launchError(input, error) : error
  }
}

/** The id of a process that has ended may be another one's by now. */
function runningPid(child: ChildProcess | undefined): number | undefined {
  return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
}

/** 127 and 126, as a shell has them. ENOENT may also mean the folder, or the interpreter of a script. */
function launchError({ command, cwd }: LaunchInput, error: unknown): GatewayError {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
  if (!existsSync(cwd))
    return new GatewayError('CLAUDE_NOT_FOUND', { reason: `the folder ${cwd} does not exist` }, error)
  if (isMissing && !existsSync(command))
    return new GatewayError('CLAUDE_NOT_FOUND', { reason: `${command} was not found` }, error)
  const { code = '' } = error as NodeJS.ErrnoException
  // The message of Node's own errors shows the argument or the variable that it does not like.
  const shown = code.startsWith('ERR_') ? code : reasonOf(error)
  const reason = isMissing ? 'its interpreter was not found' : shown
  return new GatewayError('CLAUDE_NOT_EXECUTABLE', { path: command, reason }, error)
}
