import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, extname, isAbsolute, join, relative } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { fromHome } from '../base/home-path.ts'
import type { Environment } from './environment.ts'

export interface LocateInput {
  /** The key `claude.command`: a path or a name; empty for `claude`. */
  readonly command: string
  readonly env: Environment
  readonly home: string
  readonly platform: NodeJS.Platform
  /** Folder of this package: a program in it, or a small script that names `claude-gw`, is ourselves. */
  readonly ownRoot: string
}

/** A real program is larger, and its text is not looked through. */
const MAX_SCRIPT_BYTES = 16 * 1024
const OWN_NAME = 'claude-gw'

/**
 * Path of the Claude Code to launch, in no case one of the folder that we are in: a repository could supply that.
 * @throws GatewayError CLAUDE_NOT_FOUND, CLAUDE_NOT_EXECUTABLE
 */
export function locateClaude(input: LocateInput): string {
  const command = input.command || 'claude'
  const isPath = /[/\\]/.test(command)
  const paths = isPath ? [fromHome(command, input.home)] : searchPath(command, input)
  const files = paths.filter((path) => isAbsolute(path) && isFile(path))
  // What was named on purpose is only looked at for being this package; a loop through it is stopped by its depth.
  const isOurs = isPath ? isInside : isOurselves
  const candidates = files.filter((path) => !isOurs(path, input.ownRoot))
  const found = candidates.find((path) => isExecutable(path, input.platform)) ?? candidates[0]
  if (found === undefined) throw new GatewayError('CLAUDE_NOT_FOUND', { reason: absence(command, files) })
  return usableProgram(found, input.platform)
}

/** A `claude` on PATH: this package, or something small that starts it; a script of another tool; else a program. */
export interface FoundClaude {
  readonly path: string
  readonly kind: 'ours' | 'script' | 'program'
}

/** Every `claude` on PATH, in its order; of several links to one file the first. */
export function claudesOnPath(input: Omit<LocateInput, 'command'>): readonly FoundClaude[] {
  const files = searchPath('claude', input).filter((path) => isAbsolute(path) && isFile(path))
  const runnable = files.filter((path) => isExecutable(path, input.platform))
  const targets = runnable.map((path) => realpathSync(path))
  const firsts = runnable.filter((_, index) => targets.indexOf(targets[index] as string) === index)
  return firsts.map((path) => ({ path, kind: kindOf(path, input.ownRoot) }))
}

function kindOf(path: string, ownRoot: string): FoundClaude['kind'] {
  if (isOurselves(path, ownRoot)) return 'ours'
  return isScript(realpathSync(path)) ? 'script' : 'program'
}

/** On Windows the extensions of PATHEXT are tried, `.exe` before the others because it needs no shell. */
function searchPath(name: string, { env, platform }: Pick<LocateInput, 'env' | 'platform'>): string[] {
  const path = Object.entries(env).find(
    ([key]) => key === 'PATH' || (platform === 'win32' && /^path$/i.test(key)),
  )
  const folders = (path?.[1] ?? '').split(delimiter)
  const names =
    platform === 'win32' && !extname(name) ? windowsExtensions(env).map((end) => name + end) : [name]
  return folders.flatMap((folder) => names.map((file) => join(folder, file)))
}

function windowsExtensions(env: Environment): string[] {
  const known = Object.entries(env).find(([key]) => /^pathext$/i.test(key))?.[1] || '.COM;.EXE;.BAT;.CMD'
  const extensions = known.toLowerCase().split(';').filter(Boolean)
  return extensions.sort((a, b) => Number(b === '.exe') - Number(a === '.exe'))
}

/** A folder that cannot be looked into is passed over, as a shell does. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isInside(path: string, ownRoot: string): boolean {
  const inside = relative(realpathSync(ownRoot), realpathSync(path))
  return !inside.startsWith('..') && !isAbsolute(inside)
}

function isOurselves(path: string, ownRoot: string): boolean {
  const target = realpathSync(path)
  return isInside(path, ownRoot) || (isScript(target) && readFileSync(target, 'utf8').includes(OWN_NAME))
}

function isScript(path: string): boolean {
  if (statSync(path).size > MAX_SCRIPT_BYTES || !isReadable(path)) return false
  return isBatchFile(path) || readFileSync(path).subarray(0, 2).toString('latin1') === '#!'
}

function isReadable(path: string): boolean {
  return canAccess(path, constants.R_OK) === undefined
}

function isExecutable(path: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' || canAccess(path, constants.X_OK) === undefined
}

/** The error of an access that is refused, undefined if it is allowed. */
function canAccess(path: string, mode: number): unknown {
  try {
    accessSync(path, mode)
    return undefined
  } catch (error) {
    return error
  }
}

function absence(command: string, ourselves: readonly string[]): string {
  if (ourselves.length === 0) return `\`${command}\` was not found`
  return `\`${command}\` was found only as ${ourselves[0]}, which is claude-gw itself`
}

function usableProgram(path: string, platform: NodeJS.Platform): string {
  if (isBatchFile(path)) return batchTarget(path)
  const refusal = platform === 'win32' ? undefined : canAccess(path, constants.X_OK)
  if (refusal === undefined) return path
  throw new GatewayError('CLAUDE_NOT_EXECUTABLE', { path, reason: reasonOf(refusal) }, refusal)
}

function isBatchFile(path: string): boolean {
  return /\.(cmd|bat)$/i.test(path)
}

/**
 * The program behind a batch file of npm. A batch file itself is not run: its arguments would go through cmd.exe,
 * for which there is no safe quoting (CVE-2024-27980, https://nodejs.org/en/blog/vulnerability/april-2024-security-releases-2).
 */
function batchTarget(path: string): string {
  const target = /"%(?:~dp0|dp0%)\\?([^"%]+\.exe)"\s+%\*/i.exec(readFileSync(path, 'utf8'))?.[1]
  const program = target === undefined ? undefined : join(dirname(path), ...target.split('\\'))
  if (program !== undefined && isFile(program)) return program
  throw new GatewayError('CLAUDE_NOT_EXECUTABLE', {
    path,
    reason: 'it is a batch file, to which arguments cannot be passed safely',
  })
}
