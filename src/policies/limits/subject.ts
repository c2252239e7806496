import type { LimitGroup } from '../../config/limit-rule.ts'
import type { RuleMatch } from '../../config/rule-match.ts'

/** Whom an exchange is for, as far as rules tell exchanges apart. */
export interface Subject {
  readonly profile?: string | undefined
  /** The one that was asked for. */
  readonly model?: string | undefined
  readonly project?: string | undefined
  readonly session?: string | undefined
  readonly user?: string | undefined
}

/** Which of them an amount is for; the empty text is all, and those without such a name. */
export function groupOf(subject: Subject, by: LimitGroup): string {
  return by === 'all' ? '' : (subject[by] ?? '')
}

/** Whether a rule is for them: what it names must be there and fit. */
export function isMeant(subject: Subject, match: RuleMatch): boolean {
  for (const name in match) {
    const pattern = match[name as keyof RuleMatch]
    const text = subject[name as keyof RuleMatch]
    if (pattern !== undefined && (text === undefined || !fits(text, pattern))) return false
  }
  return true
}

/**
 * Whether a text is like a pattern, in which `*` is any text and `?` any character. In time of their product at most: a name
 * comes off the wire.
 */
export function fits(text: string, pattern: string): boolean {
  let at = 0
  let inPattern = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++
      starAt = at
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === text[at]) {
      inPattern++
      at++
    } else if (star !== -1) {
      inPattern = star + 1
      at = ++starAt
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern++
  return inPattern === pattern.length
}
