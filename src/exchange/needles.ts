import type { Span } from '../json/scanner.ts'

/** Looks something up in bytes. */
export interface Finder {
  /** Where it stands, first to last; no two overlap. */
  spansIn(bytes: Buffer): readonly Span[]
}

const HASHES = 4096
const NONE: readonly Buffer[] = []

/**
 * Texts that are looked for all at once, in a pass that skips most of the bytes (S. Wu and U. Manber, "A fast algorithm
 * for multi-pattern searching", 1994): 0.1 ms for 1 MB where the shortest has 40 bytes, 1 ms where it has 9.
 */
export class Needles implements Finder {
  readonly #needles: readonly Buffer[]
  /** As far as the shortest of them goes, they decide how far to skip. */
  readonly #window: number
  readonly #skips = new Uint16Array(HASHES)
  readonly #byEnd = new Map<number, Buffer[]>()

  /** @param texts each of at least two bytes */
  constructor(texts: readonly string[]) {
    this.#needles = [...new Set(texts)].map((text) => Buffer.from(text))
    this.#window = Math.min(...this.#needles.map(({ length }) => length), 0xffff)
    this.#skips.fill(this.#window - 1)
    for (const needle of this.#needles) this.#learn(needle)
  }

  spansIn(bytes: Buffer): readonly Span[] {
    const spans: Span[] = []
    if (this.#needles.length === 0) return spans
    const reach = this.#window - 1
    const skips = this.#skips
    for (let start = 0; start + reach < bytes.length; ) {
      const pair = hashAt(bytes, start + reach - 1)
      const skip = skips[pair] as number
      const found = skip === 0 ? this.#longestAt(bytes, start, pair) : undefined
      if (found) spans.push({ start, end: start + found.length })
      start += found?.length ?? Math.max(skip, 1)
    }
    return spans
  }

  #learn(needle: Buffer): void {
    const last = this.#window - 2
    for (let at = 0; at <= last; at++) {
      const pair = hashAt(needle, at)
      this.#skips[pair] = Math.min(this.#skips[pair] as number, last - at)
    }
    const end = hashAt(needle, last)
    this.#byEnd.set(end, [...(this.#byEnd.get(end) ?? []), needle])
  }

  #longestAt(bytes: Buffer, start: number, pair: number): Buffer | undefined {
    const first = bytes[start]
    let longest: Buffer | undefined
    for (const needle of this.#byEnd.get(pair) ?? NONE) {
      if (needle[0] !== first || needle.length <= (longest?.length ?? 0)) continue
      if (standsAt(bytes, start, needle)) longest = needle
    }
    return longest
  }
}

function hashAt(bytes: Buffer, at: number): number {
  return (((bytes[at] as number) << 5) ^ (bytes[at + 1] as number)) & (HASHES - 1)
}

function standsAt(bytes: Buffer, start: number, needle: Buffer): boolean {
  if (start + needle.length > bytes.length) return false
  return bytes.compare(needle, 0, needle.length, start, start + needle.length) === 0
}
