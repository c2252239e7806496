import type { Edge } from './pattern-edge.ts'
import { NOTHING, SIDE_COUNT, sideOf } from './pattern-edge.ts'
import type { ByteSet, Pattern } from './pattern-tree.ts'

/** All that a pattern may be in the middle of, after some bytes. */
export interface State {
  readonly isMatch: boolean
  /** Nothing can follow any more. */
  readonly isDead: boolean
  /** By class of byte and side ahead, as far as it was needed. */
  readonly next: (State | undefined)[]
  readonly steps: readonly number[]
}

/** A step of a pattern: a byte of the set leads to `to`, or an edge, or nothing at all, leads to each of `to`. */
interface Step {
  readonly set?: ByteSet
  readonly holds?: Edge
  to: readonly number[]
}

const MATCH = 0
/** So many are remembered; what a text needs is far less. */
const MAX_STATES = 4000

/**
 * A pattern as an automaton, whose states are made when a text first needs them (K. Thompson, "Regular expression search
 * algorithm", 1968): each byte of a text is one step. Some patterns need another state at nearly every byte, so `made` is
 * for the caller to watch.
 */
export class Automaton {
  readonly #steps: Step[] = [{ to: [] }]
  readonly #first: number
  readonly #isAnywhere: boolean
  readonly #isBackward: boolean
  /** The class of each byte: those that neither sets nor edges tell apart are of one. What stands ahead is added to it. */
  readonly classes: Uint16Array
  /** The side that each byte is, and `NOTHING`; all the same where the pattern has no edges. */
  readonly sides: Uint8Array
  readonly #sideCount: number
  readonly #examples: number[] = []
  #states = new Map<string, State>()
  readonly #starts: State[] = []
  /** How many states were made so far, the same ones again too; each takes as long as thousands of bytes. */
  made = 0

  /** `isAnywhere` lets a match begin at every byte, `isBackward` takes texts from their end. */
  constructor(pattern: Pattern, { isAnywhere = false, isBackward = false } = {}) {
    this.#isAnywhere = isAnywhere
    this.#isBackward = isBackward
    this.#first = this.#compile(pattern, MATCH)
    const hasEdges = this.#steps.some(({ holds }) => holds)
    this.#sideCount = hasEdges ? SIDE_COUNT : 1
    this.sides = Uint8Array.from({ length: NOTHING + 1 }, (_, byte) => (hasEdges ? sideOf(byte) : 0))
    this.classes = this.#classify()
  }

  /** Before any byte that is taken: between one that is not, and the one ahead. */
  startBetween(behind: number, ahead: number): State {
    const sides = [this.sides[behind] as number, this.sides[ahead] as number] as const
    const index = sides[0] * this.#sideCount + sides[1]
    this.#starts[index] ??= this.#stateOf([this.#first], ...sides)
    return this.#starts[index]
  }

  /** Makes the state that follows on a byte, where `next` has none yet. `index` is the byte's class and the side ahead. */
  follow(state: State, index: number): State {
    const ahead = index % this.#sideCount
    const byte = this.#examples[(index - ahead) / this.#sideCount] as number
    const steps = state.steps.flatMap((step) => {
      const { set, to } = this.#steps[step] as Step
      return set?.[byte] ? to : []
    })
    const made = this.#stateOf(
      this.#isAnywhere ? [...steps, this.#first] : steps,
      this.sides[byte] as number,
      ahead,
    )
    state.next[index] = made
    return made
  }

  /** @returns the first step of what leads to `to` */
  #compile(pattern: Pattern, to: number): number {
    switch (pattern.kind) {
      case 'byte':
        return this.#add({ set: pattern.set, to: [to] })
      case 'edge':
        return this.#add({ holds: pattern.holds, to: [to] })
      case 'all': {
        const parts = this.#isBackward ? pattern.parts : pattern.parts.toReversed()
        return parts.reduce((next, part) => this.#compile(part, next), to)
      }
      case 'one':
        return this.#add({ to: pattern.parts.map((part) => this.#compile(part, to)) })
      case 'repeat':
        return this.#compileRepeat(pattern, to)
    }
  }

  #compileRepeat({ part, min, max }: Extract<Pattern, { kind: 'repeat' }>, to: number): number {
    let next = to
    if (max === Number.POSITIVE_INFINITY) {
      next = this.#add({ to: [to] })
      const again = this.#compile(part, next)
      const loop = this.#steps[next] as Step
      loop.to = [to, again]
    } else {
      for (let count = min; count < max; count++) next = this.#add({ to: [to, this.#compile(part, next)] })
    }
    for (let count = 0; count < min; count++) next = this.#compile(part, next)
    return next
  }

  #add(step: Step): number {
    return this.#steps.push(step) - 1
  }

  #classify(): Uint16Array {
    const sets = [...new Set(this.#steps.flatMap(({ set }) => (set ? [set] : [])))]
    const known = new Map<string, number>()
    return Uint16Array.from({ length: 256 }, (_, byte) => {
      const key = this.sides[byte] + sets.map((set) => (set[byte] ? '1' : '0')).join('')
      const index = known.get(key) ?? known.size
      if (!known.has(key)) this.#examples.push(byte)
      known.set(key, index)
      return index * this.#sideCount
    })
  }

  #stateOf(from: readonly number[], behind: number, ahead: number): State {
    const steps = this.#isBackward ? this.#reach(from, ahead, behind) : this.#reach(from, behind, ahead)
    const key = steps.join()
    const known = this.#states.get(key)
    if (known) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    this.made += 1
    const state = { isMatch: steps.includes(MATCH), isDead: steps.length === 0, next: [], steps }
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    for (const state of this.#states.values()) state.next.length = 0
    this.#states = new Map()
    this.#starts.length = 0
  }

  /** The steps that wait for a byte, and the match, once no more can be reached without one. */
  #reach(from: readonly number[], left: number, right: number): readonly number[] {
    const seen = new Set<number>()
    const waiting = [...from]
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (seen.has(step)) continue
      seen.add(step)
      const { set, holds, to } = this.#steps[step] as Step
      if (!set && (!holds || holds(left, right))) waiting.push(...to)
    }
    return [...seen].filter((step) => step === MATCH || this.#steps[step]?.set).sort((a, b) => a - b)
  }
}
