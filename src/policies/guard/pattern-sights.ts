import type { Finder } from '../../exchange/needles.ts'
import type { Span } from '../../json/scanner.ts'
import { skipValue } from '../../json/scanner.ts'
import { costOf } from '../cost-of.ts'
import type { RuleSight } from '../policy.ts'
import { readParts } from '../request-parts.ts'

/** One pattern of `policies.guard.deny` or `flag`. */
export interface GuardPattern {
  readonly action: 'deny' | 'flag'
  /** As people may see it. */
  readonly shown: string
  readonly finder: Finder
}

/** What each pattern finds in a body, and what it costs; nothing where the body is no JSON object. */
export function patternSights(body: Buffer, patterns: readonly GuardPattern[]): readonly RuleSight[] {
  const parts = partsOf(body)
  return patterns.map(({ action, shown, finder }) => {
    let spans: readonly Span[] = []
    const costMs = costOf(() => {
      spans = parts.flatMap((part) => spansIn(body, part, finder))
    })
    return { rule: `guard.${action} ${shown}`, action, spans, costMs }
  })
}

function partsOf(body: Buffer): readonly Span[] {
  const parts: Span[] = []
  const read = (start: number) => {
    const end = skipValue(body, start)
    parts.push({ start, end })
    return end
  }
  try {
    readParts(body, { message: read, member: read })
  } catch {
    return []
  }
  return parts
}

/** Nothing where the search was given up: then the whole request is one that cannot be looked through. */
function spansIn(body: Buffer, part: Span, finder: Finder): readonly Span[] {
  try {
    const spans = finder.spansIn(body.subarray(part.start, part.end))
    return spans.map(({ start, end }) => ({ start: part.start + start, end: part.start + end }))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}
