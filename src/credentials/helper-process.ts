import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { LONGEST_TIMER_MS } from '../base/duration.ts'
import { helperEnvironment } from './helper-environment.ts'
import { endingGroup } from './helper-group.ts'
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
  /** Starts it in the folder that we are in, and not in the home folder: a repository could lay something out there. */
  readonly isInOurFolder?: boolean
  /** For its stdin, which is empty otherwise. */
  readonly input?: string
  /** Leaves its stdin open: a helper that reads on sees by its end that we are gone. */
  readonly holdsInput?: boolean
  /** More than this on stdout ends the helper; 64 KB by default. */
  readonly maxOutputBytes?: number
}

const MAX_OUTPUT_BYTES = 64 * 1024
/** Of stderr, the last of which tells what went wrong. */
const KEPT_ERROR_BYTES = 8 * 1024
/** A process that the helper left behind may hold its stdout open for ever. */
const CLOSE_MS = 250

/**
 * Runs a helper and gives what it printed; never rejects. Whatever way the look-up ends, nothing that the helper has
 * started in its own process group goes on.
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
function start(command: HelperCommand, options: HelperRun): ChildProcess {
  const { machine, env = machine.env, input, holdsInput = false, isInOurFolder = false } = options
  const isWindows = machine.platform === 'win32'
  const [file, args] = isWindows ? onWindows(command) : onPosix(command)
  const child = spawn(file, args, {
    env: helperEnvironment(env),
    ...(!isInOurFolder && { cwd: homeFolder(machine) }),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
    windowsVerbatimArguments: isWindows && command.kind === 'shell',
  })
  // A helper need not read what it is given.
  child.stdin?.on('error', () => {}).write(input ?? '')
  if (!holdsInput) child.stdin?.end()
  return child
}

/** Without a home, as in some containers, the root. */
function homeFolder({ home }: Machine): string {
  const isFolder = isAbsolute(home) && statSync(home, { throwIfNoEntry: false })?.isDirectory()
  return isFolder ? home : '/'
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
  const end = endingGroup(child, options.machine)
  try {
    return await outcomeOf(child, options)
  } finally {
    end()
    child.stdin?.destroy()
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
}

function outcomeOf(child: ChildProcess, options: HelperRun): Promise<HelperOutcome> {
  const { timeoutMs, maxOutputBytes = MAX_OUTPUT_BYTES } = options
  return new Promise((settle) => {
    const decide = (outcome: HelperOutcome) => {
      clearTimeout(timer)
      settle(outcome)
    }
    const stdout = keepStart(child.stdout, maxOutputBytes, () => decide(tooMuch(maxOutputBytes)))
    const stderr = keepEnd(child.stderr, KEPT_ERROR_BYTES)
    const finish = () => decide(ended(child, stdout(), stderr()))
    let timer = setTimeout(() => decide(tooLong(timeoutMs)), Math.min(timeoutMs, LONGEST_TIMER_MS))
    child.on('error', (error) => decide(notStarted(error)))
    child.on('exit', () => {
      clearTimeout(timer)
      timer = setTimeout(finish, CLOSE_MS)
    })
    child.on('close', finish)
  })
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
