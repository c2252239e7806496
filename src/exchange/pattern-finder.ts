import type { Span } from '../json/scanner.ts'
import { Allowance } from './allowance.ts'
import type { State } from './automaton.ts'
import { Automaton } from './automaton.ts'
import type { Finder } from './needles.ts'
import { parsePattern } from './pattern.ts'

/** So far behind a match a longer one is still looked for. */
const BEYOND_BYTES = 4096

/** What searches may take beside one look at each byte. */
const STATES = { most: 5_000, perByte: 1 / 1_000 }
const BYTES_BEHIND = { most: 4 * 1024 ** 2, perByte: 4 }

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
   * @throws SyntaxError where one is no pattern
   */
  constructor(patterns: readonly string[], maxBytes = Number.POSITIVE_INFINITY) {
    const pattern = { kind: 'one', parts: patterns.map(parsePattern) } as const
    this.#beginnings = new Automaton(pattern, { isAnywhere: true, isBackward: true })
    this.#match = new Automaton(pattern)
    this.#maxBytes = maxBytes
  }

  /** @throws RangeError where it would take too long */
  spansIn(bytes: Buffer): readonly Span[] {
    const spans: Span[] = []
    this.#states.earn(bytes.length)
    this.#bytesBehind.earn(bytes.length)
    const beginnings = this.#beginningsIn(bytes)
    let start = beginnings?.indexOf(1) ?? -1
    while (start !== -1) {
      const end = this.#endOf(bytes, start)
      if (end !== undefined) spans.push({ start, end })
      start = beginnings?.indexOf(1, end ?? start + 1) ?? -1
    }
    return spans
  }

  /** One for each byte at which a match begins; undefined where there is none. */
  #beginningsIn(bytes: Buffer): Uint8Array | undefined {
    const automaton = this.#beginnings
    const { classes } = automaton
    let marks: Uint8Array | undefined
    let state = automaton.start
    for (let at = bytes.length - 1; at >= 0; at--) {
      const index = classes[bytes[at] as number] as number
      state = state.next[index] ?? this.#follow(automaton, state, index)
      if (!state.isMatch) continue
      marks ??= new Uint8Array(bytes.length)
      marks[at] = 1
    }
    return marks
  }

  /** Undefined where all that match are too long. */
  #endOf(bytes: Buffer, start: number): number | undefined {
    const automaton = this.#match
    const { classes } = automaton
    const limit = Math.min(bytes.length, start + this.#maxBytes)
    let end: number | undefined
    let state = automaton.start
    let at = start
    for (; at < limit && !state.isDead; at++) {
      const index = classes[bytes[at] as number] as number
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
