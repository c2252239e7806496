import { join } from 'node:path'

/** A path in full, where it may begin with `~/` for the home folder. */
export function fromHome(path: string, home: string): string {
  return /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path
}
