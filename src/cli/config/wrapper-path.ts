import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { packageRoot } from '../../base/package-root.ts'
import type { Context } from '../context.ts'

/**
 * Absolute path of `claude-gw-run`: the one on PATH, which an update leaves where it is, else the file of this package.
 */
export function wrapperPath({ env }: Pick<Context, 'env'>): string {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute)
  const installed = folders.map((folder) => join(folder, 'claude-gw-run')).find(isExecutable)
  return installed ?? join(packageRoot(), 'bin', 'claude-gw-run.js')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
