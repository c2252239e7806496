import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

const ROOT = resolve(import.meta.dirname, '../..')

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly cwd?: string
  readonly bin?: 'claude-gw.js' | 'claude-gw-run.js'
}

export interface CliResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the built program with an environment of its own: only PATH is taken from here. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const bin = join(ROOT, 'bin', options.bin ?? 'claude-gw.js')
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...options.env }
  return spawn(process.execPath, [bin, ...args], { env, cwd: options.cwd, stdio: 'pipe' })
}

/** Runs the built program to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options)
  // It may end without having read all.
  child.stdin?.on('error', () => {}).end(options.input ?? '')
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((settle) => {
    child.on('close', (code, signal) => settle([code, signal]))
  })
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)])
  const [exitCode, signal] = await ended
  return { exitCode, signal, stdout, stderr }
}

function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream ? text(stream) : Promise.resolve('')
}
