import { readFileSync, statSync } from 'node:fs'
import { reasonOf } from '../base/errors.ts'
import type { SettingsLayer, SettingsScope } from './layer.ts'
import { parseLayer, unreadableLayer } from './layer.ts'

/**
 * The layer of a settings file; undefined if there is no such file. Never throws. A pipe, as of `--settings <(…)`, is
 * left for Claude Code, which refuses it by itself (2.1.329): read here it would be empty then, or hold us up.
 */
export function readLayerFile(scope: SettingsScope, path: string): SettingsLayer | undefined {
  try {
    if (!statSync(path).isFile()) return unreadableLayer(scope, path, 'it is no regular file')
    return parseLayer(scope, path, readFileSync(path, 'utf8'))
  } catch (error) {
    return isAbsence(error) ? undefined : unreadableLayer(scope, path, reasonOf(error))
  }
}

/** Whether a system error says that there is nothing. */
export function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}
