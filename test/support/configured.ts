import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { configDirectory, userFilePath } from '../../src/config/paths.ts'
import type { Home } from './claude-run.ts'
import type { CliResult } from './cli.ts'
import { runCli } from './cli.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const BIN = resolve(import.meta.dirname, '../../bin/claude-gw.js')

/** Binds a folder over /etc, for this process and those it starts. */
const BIND_AND_RUN = 'mount --bind "$1" /etc && shift && exec "$@"'

export interface ConfigRun {
  readonly env?: Readonly<Record<string, string>>
  /** Global options, which stand before `config`. */
  readonly options?: readonly string[]
  readonly cwd?: string
  /** Of the machine file. */
  readonly machineMode?: number
}

/** Why there can be no machine file here; undefined if there can. Tests skip with this reason. */
export const machineFileUnavailable =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'sh', '-c', BIND_AND_RUN, 'sh', '/tmp', 'true']).status === 0
    ? undefined
    : 'a machine file needs `unshare -rm`'

/** The user's file of a home. */
export function userFile(home: Home): string {
  return userFilePath(configDirectory({}, home.directory, process.platform))
}

/** The project file of a home. */
export function projectFile(home: Home): string {
  return join(home.project, '.claude-gw.json')
}

/** Writes JSON, or a text as it is; the folder is made. @returns the path */
export function writeFile(path: string, document: unknown): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document, undefined, 2))
  return path
}

/** Makes an empty repository of a folder. */
export function initRepository(folder: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('git', ['init', '--quiet', folder], { env: { PATH: process.env['PATH'] } })
}

/** `claude-gw config …` to its end, in the project of a home. */
export function configIn(home: Home, args: readonly string[], run: ConfigRun = {}): Promise<CliResult> {
  const { env, options = [], cwd = home.project } = run
  return runCli([...options, 'config', ...args], { env: { ...home.env, ...env }, cwd })
}

/** The value that counts for a key, and the notes that came with it. */
export async function valueIn(home: Home, key: string, run: ConfigRun = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await configIn(home, ['get', key], run)
  if (exitCode !== 0 && exitCode !== 1) throw new Error(stderr)
  return stdout.trimEnd()
}

/** The same on a machine whose administrator has left a file. */
export function configOnMachine(
  home: Home,
  machine: unknown,
  args: readonly string[],
  { options = [], ...run }: ConfigRun = {},
): Promise<CliResult> {
  return runOnMachine(home, machine, [...options, 'config', ...args], run)
}

/** Any command on such a machine. */
export async function runOnMachine(
  home: Home,
  machine: unknown,
  args: readonly string[],
  { env, cwd = home.project, machineMode = 0o644 }: Omit<ConfigRun, 'options'> = {},
): Promise<CliResult> {
  const etc = temporaryDirectory()
  chmodSync(etc, 0o755)
  chmodSync(writeFile(join(etc, 'claude-gw', 'config.json'), machine), machineMode)
  const program = [process.execPath, BIN, ...args]
  const child = spawn('unshare', ['-rm', 'sh', '-c', BIND_AND_RUN, 'sh', etc, ...program], {
    env: { PATH: process.env['PATH'], ...home.env, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((settle) => {
    child.on('close', (code, signal) => settle([code, signal]))
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode, signal] = await ended
  return { exitCode, signal, stdout, stderr }
}
