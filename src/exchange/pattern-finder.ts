import type { Span } from '../json/scanner.ts'
import { Allowance } from './allowance.ts'
import type { State } from './automaton.ts'
import { Automaton } from './automaton.ts'
import type { Finder } from './needles.ts'
import { parsePattern } from './pattern.ts'
import { NOTHING } from './pattern-edge.ts'

/** So far behind a match a longer one is still looked for. */
const BEYOND_BYTES = 4096

/** What searches may take beside one look at each byte. */
const STATES = { most: 5_000, perByte: 1 / 1_000 }
const BYTES_BEHIND = { most: 4 * 1024 ** 2, perByte: 4 }

interface FinderOptions {
  readonly maxBytes?: number
  readonly hasEdges?: boolean
}

/**
 * Finds what any of some patterns matches, the leftmost first and of those the longest: 8 ms for 1 MB with usual ones. Some
 * patterns would take a thousand times as long on some texts; such a search is given up.
 */
export class PatternFinder implements Finder {
  /** From the end of a text it tells at which bytes a match begins. */
  readonly #beginnings: Automaton
  readonly #match: Automaton
  readonly #maxBytes: number
  readonly #states = new Allowance(STATES)
  readonly #bytesBehind = new Allowance(BYTES_BEHIND)

  /**
   * @param maxBytes what is longer is no match
   * @param hasEdges whether there may be `\b`, `^` and `$` in them
   * @throws SyntaxError where one is no pattern
   */
  constructor(
    patterns: readonly string[],
    { maxBytes = Number.POSITIVE_INFINITY, hasEdges = false }: FinderOptions = {},
  ) {
    const parts = patterns.map((pattern) => parsePattern(pattern, { hasEdges }))
    const pattern = { kind: 'one', parts } as const
    this.#beginnings = new Automaton(pattern, { isAnywhere: true, isBackward: true })
    this.#match = new Automaton(pattern)
    this.#maxBytes = maxBytes
  }

  /**
   * @param before the byte before these, if they are not the beginning of a text
   * @throws RangeError where it would take too long
   */
  spansIn(bytes: Buffer, before = NOTHING): readonly Span[] {
    const spans: Span[] = []
    this.#states.earn(bytes.length)
    this.#bytesBehind.earn(bytes.length)
    const beginnings = this.#beginningsIn(bytes, before)
    let start = beginnings?.indexOf(1) ?? -1
    while (start !== -1) {
      const end = this.#endOf(bytes, start, before)
      if (end !== undefined) spans.push({ start, end })
      start = beginnings?.indexOf(1, end ?? start + 1) ?? -1
    }
    return spans
  }

  /** One for each byte at which a match begins; undefined where there is none. */
  #beginningsIn(bytes: Buffer, before: number): Uint8Array | undefined {
    const automaton = this.#beginnings
    const { classes, sides } = automaton
    let marks: Uint8Array | undefined
    let state = automaton.startBetween(NOTHING, bytes.at(-1) ?? before)
    for (let at = bytes.length - 1; at >= 0; at--) {
      const ahead = at > 0 ? (bytes[at - 1] as number) : before
      const index = (classes[bytes[at] as number] as number) + (sides[ahead] as number)
      state = state.next[index] ?? this.#follow(automaton, state, index)
      if (!state.isMatch) continue
      marks ??= new Uint8Array(bytes.length)
      marks[at] = 1
    }
    return marks
  }

  /** Undefined where all that match are too long. */
  #endOf(bytes: Buffer, start: number, before: number): number | undefined {
    const automaton = this.#match
    const { classes, sides } = automaton
    const limit = Math.min(bytes.length, start + this.#maxBytes)
    let end: number | undefined
    let state = automaton.startBetween(
      start > 0 ? (bytes[start - 1] as number) : before,
      bytes[start] as number,
    )
    let at = start
    for (; at < limit && !state.isDead; at++) {
      const ahead = at + 1 < bytes.length ? (bytes[at + 1] as number) : NOTHING
      const index = (classes[bytes[at] as number] as number) + (sides[ahead] as number)
      state = state.next[index] ?? this.#follow(automaton, state, index)
      if (state.isMatch) end = at + 1
      else if (end !== undefined && at - end > BEYOND_BYTES) break
    }
    this.#bytesBehind.spend(at - (end ?? start))
    return end
  }

  #follow(automaton: Automaton, state: State, index: number): State {
    const { made } = automaton
    const next = automaton.follow(state, index)
    this.#states.spend(automaton.made - made)
    return next
  }
}
