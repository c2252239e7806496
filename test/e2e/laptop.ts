import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Home, RunOptions } from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import { writeFile } from '../support/configured.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const BIN = resolve(import.meta.dirname, '../../bin/claude-gw.js')

/** Binds a folder over /etc, for this process and those it starts. */
const BIND_AND_RUN = 'mount --bind "$1" /etc && shift && exec "$@"'

/** What an administrator has left in /etc. */
export interface Administration {
  /** claude-gw/config.json */
  readonly machine: object
  /** Of the machine file. */
  readonly machineMode?: number
  /** claude-code/managed-settings.json */
  readonly managedSettings: object
}

/** `claude-gw run …` to its end, on a machine that has an administrator; needs `unshare -rm`. */
export async function runOnLaptop(
  home: Home,
  { machine, machineMode = 0o644, managedSettings }: Administration,
  args: readonly string[],
  { env, options = [] }: Omit<RunOptions, 'input'> = {},
): Promise<CliResult> {
  const etc = temporaryDirectory()
  chmodSync(etc, 0o755)
  chmodSync(writeFile(join(etc, 'claude-gw', 'config.json'), machine), machineMode)
  writeFile(join(etc, 'claude-code', 'managed-settings.json'), managedSettings)
  const program = [process.execPath, BIN, ...options, 'run', ...args]
  const child = spawn('unshare', ['-rm', 'sh', '-c', BIND_AND_RUN, 'sh', etc, ...program], {
    env: { PATH: process.env['PATH'], ...home.env, ...env },
    cwd: home.project,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode, signal] = await closed
  return { exitCode, signal, stdout, stderr }
}
