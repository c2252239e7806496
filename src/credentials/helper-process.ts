import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { helperEnvironment } from './helper-environment.ts'
import { keepEnd, keepStart } from './helper-output.ts'
import type { Machine } from './machine.ts'

/** A line for the system's shell, or a program with its arguments as they are. */
export type HelperCommand =
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'program'; readonly file: string; readonly args: readonly string[] }

/** How a helper ended. `not-found` is not a failure of the helper: it is not there. */
export type HelperOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'timeout' | 'failed'; readonly reason: string }

export interface HelperRun {
  readonly machine: Machine
  /** In place of the machine's. */
  readonly env?: Machine['env']
  readonly timeoutMs: number
  /** For its stdin, which is empty otherwise. */
  readonly input?: string
  /** More than this on stdout ends the helper; 64 KB by default. */
  readonly maxOutputBytes?: number
}

const MAX_OUTPUT_BYTES = 64 * 1024
/** Of stderr, the last of which tells what went wrong. */
const KEPT_ERROR_BYTES = 8 * 1024
/** A process that the helper left behind may hold its stdout open for ever. */
const CLOSE_MS = 250
/** A longer timer would fire at once (https://nodejs.org/api/timers.html). */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Runs a helper and gives what it printed; never rejects. When it takes too long or prints too much, and when this
 * process exits, it is killed with all that it has started.
 * Node's own spawn, because execa costs 70 ms to import and cannot kill a process group.
 */
export async function runHelper(command: HelperCommand, options: HelperRun): Promise<HelperOutcome> {
  try {
    return await follow(start(command, options), options)
  } catch (error) {
    return notStarted(error)
  }
}

/** A session of its own: a group to kill, and no hold on the terminal, which belongs to Claude Code. */
function start(command: HelperCommand, { machine, env = machine.env, input }: HelperRun): ChildProcess {
  const isWindows = machine.platform === 'win32'
  const [file, args] = isWindows ? onWindows(command) : onPosix(command)
  const child = spawn(file, args, {
    env: helperEnvironment(env),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
    windowsVerbatimArguments: isWindows && command.kind === 'shell',
  })
  // A helper need not read what it is given.
  child.stdin?.on('error', () => {}).end(input)
  return child
}

/** The shells of Claude Code's `apiKeyHelper` (https://code.claude.com/docs/en/settings). */
function onPosix(command: HelperCommand): [string, readonly string[]] {
  return command.kind === 'shell' ? ['/bin/sh', ['-c', command.line]] : [command.file, command.args]
}

function onWindows(command: HelperCommand): [string, readonly string[]] {
  return command.kind === 'shell'
    ? ['cmd.exe', ['/d', '/s', '/c', `"${command.line}"`]]
    : [command.file, command.args]
}

async function follow(child: ChildProcess, options: HelperRun): Promise<HelperOutcome> {
  const { machine } = options
  const { process: host } = machine
  const kill = () => killGroup(child, machine)
  host.once('exit', kill)
  try {
    const { outcome, isOver } = await watch(child, options)
    if (!isOver) kill()
    return outcome
  } finally {
    host.off('exit', kill)
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
}

interface Verdict {
  readonly outcome: HelperOutcome
  /** Nothing of it runs any more, as far as its pipes tell. */
  readonly isOver: boolean
}

function watch(child: ChildProcess, options: HelperRun): Promise<Verdict> {
  const { timeoutMs, maxOutputBytes = MAX_OUTPUT_BYTES } = options
  return new Promise((settle) => {
    const decide = (outcome: HelperOutcome, isOver: boolean) => {
      clearTimeout(timer)
      settle({ outcome, isOver })
    }
    const stdout = keepStart(child.stdout, maxOutputBytes, () => decide(tooMuch(maxOutputBytes), false))
    const stderr = keepEnd(child.stderr, KEPT_ERROR_BYTES)
    const outcome = () => ended(child, stdout(), stderr())
    let timer = setTimeout(() => decide(tooLong(timeoutMs), false), Math.min(timeoutMs, LONGEST_TIMER_MS))
    child.on('error', (error) => decide(notStarted(error), true))
    child.on('exit', () => {
      clearTimeout(timer)
      timer = setTimeout(() => decide(outcome(), false), CLOSE_MS)
    })
    child.on('close', () => decide(outcome(), true))
  })
}

function killGroup({ pid }: ChildProcess, { platform, process: host }: Machine): void {
  if (pid === undefined) return
  if (platform === 'win32') {
    const options = { stdio: 'ignore', windowsHide: true } as const
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], options).on('error', () => {})
    return
  }
  try {
    host.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}

function ended({ exitCode, signalCode }: ChildProcess, stdout: string, stderr: string): HelperOutcome {
  if (exitCode !== null) return { kind: 'exited', exitCode, stdout, stderr }
  return { kind: 'failed', reason: `it was ended by ${signalCode}` }
}

function tooLong(timeoutMs: number): HelperOutcome {
  return { kind: 'timeout', reason: `it did not end within ${timeoutMs / 1000} s` }
}

function tooMuch(maxOutputBytes: number): HelperOutcome {
  return { kind: 'failed', reason: `it printed more than ${maxOutputBytes / 1024} KB` }
}

/** By its code alone: the message of such an error can hold the arguments. */
function notStarted(error: unknown): HelperOutcome {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT'
    ? { kind: 'not-found' }
    : { kind: 'failed', reason: `it could not be started (${code ?? 'unknown error'})` }
}
