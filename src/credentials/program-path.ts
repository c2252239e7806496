import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Machine } from './machine.ts'

/**
 * Whether a program would be found by its name alone (execvp(3)); on Windows, with the extensions of PATHEXT. An entry
 * of PATH that is empty or relative means the folder one is in, which nothing is started from.
 */
export function isOnPath(program: string, { env, platform }: Pick<Machine, 'env' | 'platform'>): boolean {
  const isWindows = platform === 'win32'
  const path = isWindows ? variable(env, 'PATH') : env['PATH']
  // The system has a default of its own.
  if (path === undefined) return true
  const names = isWindows ? extensions(env).map((extension) => program + extension) : [program]
  const folders = path.split(delimiter).filter(isAbsolute)
  return folders.some((folder) => names.some((name) => isProgram(join(folder, name))))
}

/** Names of variables have no letter case there: `Path` is the usual one. */
function variable(env: Machine['env'], name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1]
}

function extensions(env: Machine['env']): readonly string[] {
  return (variable(env, 'PATHEXT') || '.COM;.EXE;.BAT;.CMD').split(';')
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
