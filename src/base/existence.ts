import { lstatSync } from 'node:fs'

/** Whether there is a file, or a folder hides whether there is one. */
export function mayExist(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}
