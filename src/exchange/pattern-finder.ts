import type { Span } from '../json/scanner.ts'
import type { State } from './automaton.ts'
import { Automaton } from './automaton.ts'
import type { Finder } from './needles.ts'
import { parsePattern } from './pattern.ts'

/** So far behind a match a longer one is still looked for. */
const BEYOND_BYTES = 4096

/** What a search may take beside one look at each byte: this, and a part that grows with the text. */
const FREE_STATES = 5_000
const BYTES_PER_STATE = 1_000
const FREE_BYTES_BEHIND = 4 * 1024 ** 2
const BYTES_BEHIND_PER_BYTE = 4

const TOO_LONG = 'a pattern would take too long on it'

/**
 * Finds what any of some patterns matches, the leftmost first and of those the longest: 8 ms for 1 MB with usual ones. Some
 * patterns would take a thousand times as long on some texts; such a search is given up.
 */
export class PatternFinder implements Finder {
  /** From the end of a text it tells at which bytes a match begins. */
  readonly #beginnings: Automaton
  readonly #match: Automaton
  #mostStates = 0
  #bytesLeft = 0

  /** @throws SyntaxError where one is no pattern */
  constructor(patterns: readonly string[]) {
    const pattern = { kind: 'one', parts: patterns.map(parsePattern) } as const
    this.#beginnings = new Automaton(pattern, { isAnywhere: true, isBackward: true })
    this.#match = new Automaton(pattern)
  }

  /** @throws RangeError where it would take too long */
  spansIn(bytes: Buffer): readonly Span[] {
    const spans: Span[] = []
    this.#mostStates = this.#made + FREE_STATES + bytes.length / BYTES_PER_STATE
    this.#bytesLeft = FREE_BYTES_BEHIND + bytes.length * BYTES_BEHIND_PER_BYTE
    const beginnings = this.#beginningsIn(bytes)
    let end = 0
    for (let start = beginnings?.indexOf(1) ?? -1; start !== -1; start = beginnings?.indexOf(1, end) ?? -1) {
      end = this.#endOf(bytes, start)
      spans.push({ start, end })
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

  #endOf(bytes: Buffer, start: number): number {
    const automaton = this.#match
    const { classes } = automaton
    let end = start + 1
    let isFound = false
    let state = automaton.start
    let at = start
    for (; at < bytes.length && !state.isDead; at++) {
      const index = classes[bytes[at] as number] as number
      state = state.next[index] ?? this.#follow(automaton, state, index)
      if (state.isMatch) {
        end = at + 1
        isFound = true
      } else if (isFound && at - end > BEYOND_BYTES) break
    }
    this.#bytesLeft -= at - end
    if (this.#bytesLeft < 0) throw new RangeError(TOO_LONG)
    return end
  }

  #follow(automaton: Automaton, state: State, index: number): State {
    const next = automaton.follow(state, index)
    if (this.#made > this.#mostStates) throw new RangeError(TOO_LONG)
    return next
  }

  get #made(): number {
    return this.#beginnings.made + this.#match.made
  }
}
