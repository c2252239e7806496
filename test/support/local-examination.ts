import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { Home } from './claude-run.ts'
import { openHome } from './claude-run.ts'
import type { CliResult } from './cli.ts'
import { runCli } from './cli.ts'

const BIN = resolve(import.meta.dirname, '../../bin/claude-gw.js')

/** A check as `doctor --json` tells it. */
export interface CheckReport {
  readonly id: string
  /** Whether it is about this machine. */
  readonly isLocal: boolean
  readonly verdict: string
  readonly evidence: string
  readonly remedy?: string
}

export interface Examination {
  readonly exitCode: number | null
  readonly checks: readonly CheckReport[]
  /** Everything that was printed. */
  readonly printed: string
  readonly of: (id: string) => CheckReport
}

export interface ExaminationOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Runs in a mount namespace of its own, after these lines of sh. */
  readonly mounts?: string
}

/** Why nothing can be mounted for a test; undefined if it can. Tests skip with this reason. */
export const mountsUnavailable =
  spawnSync('unshare', ['-rm', 'true']).status === 0 ? undefined : 'mounts need `unshare -rm`'

/** A user on whose PATH there is a Claude Code, and nothing else. */
export function openHomeWithClaude(): Home & { readonly bin: string } {
  const home = openHome()
  const bin = join(home.directory, 'programs')
  installClaude(bin)
  return { ...home, bin, env: { ...home.env, PATH: bin } }
}

/** A program of a shell line that is named `claude`, in a folder that is made. @returns its path */
export function installClaude(folder: string, line = "echo '2.1.329 (Claude Code)'"): string {
  const path = join(folder, 'claude')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${line}\n`)
  chmodSync(path, 0o755)
  return path
}

/** What `doctor --offline --json` finds in the project of a home. */
export async function examineMachine(home: Home, options: ExaminationOptions = {}): Promise<Examination> {
  const { stdout, stderr, exitCode } = await startExamination(home, options)
  if (stdout === '') throw new Error(stderr)
  const checks = checksIn(stdout)
  const of = (id: string) => {
    const found = checks.find((check) => check.id === id)
    expect(found, id).toBeDefined()
    return found as CheckReport
  }
  return { exitCode, checks, printed: stdout + stderr, of }
}

/** The checks of what `doctor --json` printed. */
export function checksIn(json: string): readonly CheckReport[] {
  const { checks } = JSON.parse(json) as { checks: (Omit<CheckReport, 'isLocal'> & { about: string })[] }
  return checks.map((check) => ({ ...check, isLocal: check.about === 'machine' }))
}

function startExamination(home: Home, options: ExaminationOptions): Promise<CliResult> {
  const { args = ['--offline'], cwd = home.project, mounts } = options
  const env = { ...home.env, ...options.env }
  const all = ['doctor', '--json', ...args]
  return mounts === undefined ? runCli(all, { env, cwd }) : runMounted(mounts, all, env, cwd)
}

async function runMounted(
  mounts: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<CliResult> {
  const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${mounts}\nPATH="$1"; shift; exec "$@"`
  const program = [env['PATH'] ?? '', process.execPath, BIN, ...args]
  const child = spawn('unshare', ['-rm', '/bin/sh', '-e', '-c', script, 'sh', ...program], {
    env: { ...env, PATH: process.env['PATH'] },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((settle) => {
    child.on('close', (code, signal) => settle([code, signal]))
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode, signal] = await closed
  return { exitCode, signal, stdout, stderr }
}
