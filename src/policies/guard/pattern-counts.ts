import type { Finder } from '../../exchange/needles.ts'
import type { Span } from '../../json/scanner.ts'
import { skipValue } from '../../json/scanner.ts'
import { isSamePart, readParts } from '../request-parts.ts'
import { ScanMemory } from '../scan-memory.ts'

/** For each group of finders how often it found something; undefined where a search was given up. */
export type PatternCounts = readonly (number | undefined)[]

interface CountedPart extends Span {
  readonly counts: PatternCounts
}

/** What was found in a body, part by part. */
interface CountedBody {
  readonly body: Buffer
  readonly messages: readonly CountedPart[]
  /** By name. */
  readonly members: ReadonlyMap<string, CountedPart>
  /** All of them. */
  readonly parts: readonly CountedPart[]
  readonly itemCount: number
}

/**
 * Counts what groups of finders find in the bytes of requests, in each message and each other member. What is the same as
 * in the last request of the conversation is not looked through again.
 * @returns a function that throws SyntaxError for a body that is no JSON object
 */
export function createPatternCounter(
  groups: readonly (readonly Finder[])[],
): (body: Buffer, owner: string) => PatternCounts {
  const memory = new ScanMemory<CountedBody>()
  return (body, owner) => {
    const counted = countBody(body, groups, memory.recall(owner, body))
    memory.keep(owner, counted)
    return groups.map((_, index) => sumOf(counted.parts.map(({ counts }) => counts[index])))
  }
}

function countBody(
  body: Buffer,
  groups: readonly (readonly Finder[])[],
  previous: CountedBody | undefined,
): CountedBody {
  const messages: CountedPart[] = []
  const members = new Map<string, CountedPart>()
  const parts: CountedPart[] = []
  const addPart = (start: number, known: CountedPart | undefined): CountedPart => {
    const isKnown = previous && known && isSamePart(body, start, previous.body, known)
    const end = isKnown ? start + known.end - known.start : skipValue(body, start)
    const part = { start, end, counts: isKnown ? known.counts : countIn(body.subarray(start, end), groups) }
    parts.push(part)
    return part
  }
  readParts(body, {
    message: (start) => {
      const part = addPart(start, previous?.messages[messages.length])
      messages.push(part)
      return part.end
    },
    member: (start, name) => {
      const part = addPart(start, previous?.members.get(name))
      members.set(name, part)
      return part.end
    },
  })
  return { body, messages, members, parts, itemCount: parts.length }
}

function countIn(bytes: Buffer, groups: readonly (readonly Finder[])[]): PatternCounts {
  return groups.map((finders) => sumOf(finders.map((finder) => countOf(finder, bytes))))
}

function countOf(finder: Finder, bytes: Buffer): number | undefined {
  try {
    return finder.spansIn(bytes).length
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function sumOf(counts: PatternCounts): number | undefined {
  return counts.reduce(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  )
}
