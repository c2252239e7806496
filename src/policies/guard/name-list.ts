import { fits } from '../limits/subject.ts'

/**
 * Whether a name may be: it fits none of the patterns behind a `!`, and one of the others, if there are others. Patterns
 * have `*` and `?`.
 */
export function isAllowed(name: string, patterns: readonly string[]): boolean {
  if (forbiddenIn(patterns).some((pattern) => fits(name, pattern))) return false
  const allowed = patterns.filter((pattern) => !pattern.startsWith('!'))
  return allowed.length === 0 || allowed.some((pattern) => fits(name, pattern))
}

/** The patterns of what may not be, without their sign. */
export function forbiddenIn(patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
}
