import { scalarAt } from '../json/scalar-at.ts'
import type { Clause, Clue } from './clues.ts'
import { NEWLINE } from './day-file.ts'

/** The lines of a block that have one clue of each clause, without their newlines; empty lines are left out. */
export function* linesOf(block: Buffer, clauses: readonly Clause[] = []): Generator<Buffer> {
  const leader = leaderOf(clauses)
  const nextHit = leader && hitFinder(block, leader)
  const others = clauses.filter((clause) => clause !== leader)
  let start = 0
  while (start < block.length) {
    if (nextHit) {
      const hit = nextHit(start)
      if (hit === block.length) return
      start = block.lastIndexOf(NEWLINE, hit) + 1
    }
    const newline = block.indexOf(NEWLINE, start)
    const end = newline === -1 ? block.length : newline
    const line = block.subarray(start, end)
    if (line.length > 0 && others.every((clause) => hasOneOf(line, clause))) yield line
    start = end + 1
  }
}

/** The clause by which to leap from hit to hit: with few alternatives, and rather without a look at values. */
function leaderOf(clauses: readonly Clause[]): Clause | undefined {
  const cost = (clause: Clause) => clause.reduce((sum, { isMet }) => sum + (isMet ? 2 : 1), 0)
  return clauses.toSorted((left, right) => cost(left) - cost(right))[0]
}

/** Gives the first hit of any clue from an offset on, or the length of the block; offsets must rise. */
function hitFinder(block: Buffer, clause: Clause): (start: number) => number {
  const hits = clause.map(() => -1)
  return (start) => {
    for (const [index, clue] of clause.entries()) {
      if ((hits[index] as number) < start) hits[index] = find(block, clue, start)
    }
    return Math.min(...hits)
  }
}

function hasOneOf(line: Buffer, clause: Clause): boolean {
  return clause.some((clue) => find(line, clue, 0) < line.length)
}

/** Where the first clue from `start` on stands, or the length of the block. A value that takes more than a look counts. */
function find(block: Buffer, { bytes, isMet }: Clue, start: number): number {
  let at = block.indexOf(bytes, start)
  while (at !== -1) {
    const value = isMet && scalarAt(block, at + bytes.length)
    if (!isMet || value === undefined || isMet(value)) return at
    at = block.indexOf(bytes, at + bytes.length)
  }
  return block.length
}
