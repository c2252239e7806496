import { shownName } from '../../config/shown-name.ts'
import { servedPath } from '../../network/served-path.ts'
import { fits } from '../limits/subject.ts'
import type { Denial } from './denial.ts'
import { forbiddenIn, isAllowed } from './name-list.ts'

/**
 * Why a path may not be asked for: as it is sent, or as a server may read it. What is forbidden is so in any letter case.
 * @param path without the query
 */
export function pathDenial(path: string, patterns: readonly string[]): Denial | undefined {
  const forbidden = forbiddenIn(patterns).map((pattern) => pattern.toLowerCase())
  const isFine = [path, servedPath(path)].every(
    (form) => isAllowed(form, patterns) && !forbidden.some((pattern) => fits(form.toLowerCase(), pattern)),
  )
  if (isFine) return undefined
  return {
    rule: 'guard.paths',
    key: 'paths',
    reason: `is for the path \`${shownName(path)}\`, which is not allowed here`,
    help: 'do without it',
  }
}
