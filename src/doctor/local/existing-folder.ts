import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/** A folder, or as long as that is not made the nearest one above it. */
export function existingFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path))
}
