import type { ByteSet, Pattern } from './pattern-tree.ts'

/** All that a pattern may be in the middle of, after some bytes. */
export interface State {
  readonly isMatch: boolean
  /** Nothing can follow any more. */
  readonly isDead: boolean
  /** By class of byte, as far as it was needed. */
  readonly next: (State | undefined)[]
  readonly steps: readonly number[]
}

/** A step of a pattern: a byte of the set leads to `to`, or nothing at all leads to each of `to`. */
interface Step {
  readonly set?: ByteSet
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
  /** The class of each byte: those that no set tells apart are of one. */
  readonly classes: Uint8Array
  readonly #examples: number[] = []
  #states = new Map<string, State>()
  #start: State | undefined
  /** How many states were made so far, the same ones again too; each takes as long as thousands of bytes. */
  made = 0

  /** `isAnywhere` lets a match begin at every byte, `isBackward` takes texts from their end. */
  constructor(pattern: Pattern, { isAnywhere = false, isBackward = false } = {}) {
    this.#isAnywhere = isAnywhere
    this.#isBackward = isBackward
    this.#first = this.#compile(pattern, MATCH)
    this.classes = this.#classify()
  }

  /** Before any byte. */
  get start(): State {
    this.#start ??= this.#stateOf([this.#first])
    return this.#start
  }

  /** Makes the state that follows on a byte of a class, where `next` has none yet. */
  follow(state: State, index: number): State {
    const byte = this.#examples[index] as number
    const steps = state.steps.flatMap((step) => {
      const { set, to } = this.#steps[step] as Step
      return set?.[byte] ? to : []
    })
    const made = this.#stateOf(this.#isAnywhere ? [...steps, this.#first] : steps)
    state.next[index] = made
    return made
  }

  /** @returns the first step of what leads to `to` */
  #compile(pattern: Pattern, to: number): number {
    switch (pattern.kind) {
      case 'byte':
        return this.#add({ set: pattern.set, to: [to] })
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

  #classify(): Uint8Array {
    const sets = [...new Set(this.#steps.flatMap(({ set }) => (set ? [set] : [])))]
    const known = new Map<string, number>()
    return Uint8Array.from({ length: 256 }, (_, byte) => {
      const key = sets.map((set) => (set[byte] ? '1' : '0')).join('')
      const index = known.get(key) ?? known.size
      if (!known.has(key)) this.#examples.push(byte)
      known.set(key, index)
      return index
    })
  }

  #stateOf(from: readonly number[]): State {
    const steps = this.#reach(from)
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
    this.#start = undefined
  }

  /** The steps that wait for a byte, and the match, once no more can be reached without one. */
  #reach(from: readonly number[]): readonly number[] {
    const seen = new Set<number>()
    const left = [...from]
    for (let step = left.pop(); step !== undefined; step = left.pop()) {
      if (seen.has(step)) continue
      seen.add(step)
      const { set, to } = this.#steps[step] as Step
      if (!set) left.push(...to)
    }
    return [...seen].filter((step) => step === MATCH || this.#steps[step]?.set).sort((a, b) => a - b)
  }
}
