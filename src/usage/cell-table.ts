import { KIND } from '../json/field-kind.ts'
import type { Cells } from './cells.ts'
import { COUNTER_COUNT } from './counters.ts'
import { DIMENSION_COUNT } from './dimensions.ts'
import { grown, spreadPlaces } from './growing-columns.ts'
import { Interner } from './interner.ts'
import { bucketOf } from './sketch.ts'
import type { UsageLine } from './usage-line.ts'

const FIRST_SIZE = 256

/** Adds lines up to cells. */
export class CellTable {
  readonly #stretchMs: number
  readonly #interner = new Interner()
  readonly #key = new Uint32Array(DIMENSION_COUNT)
  #count = 0
  #stretches = new Uint32Array(FIRST_SIZE)
  #dimensions = new Uint32Array(FIRST_SIZE * DIMENSION_COUNT)
  #counters = new Float64Array(FIRST_SIZE * COUNTER_COUNT)
  /** By hash, 1 + the index of a cell; the next free place where two have the same. At most half of them are taken. */
  #places = new Uint32Array(FIRST_SIZE * 2)
  #hashes = new Int32Array(FIRST_SIZE)
  #sampleCount = 0
  #sampleCells = new Uint32Array(FIRST_SIZE)
  #samples = new Uint16Array(FIRST_SIZE)

  constructor(stretchMs: number) {
    this.#stretchMs = stretchMs
  }

  add(line: UsageLine): void {
    const cell = this.#find(Math.floor(line.atMs / this.#stretchMs), line)
    const start = cell * COUNTER_COUNT
    for (let index = 0; index < COUNTER_COUNT; index++) {
      this.#counters[start + index] =
        (this.#counters[start + index] as number) + (line.counters[index] as number)
    }
    if (line.ttftMs !== undefined) this.#addSample(cell, bucketOf(line.ttftMs))
  }

  cells(): Cells {
    return {
      count: this.#count,
      stretchMs: this.#stretchMs,
      texts: this.#interner.texts(),
      stretches: this.#stretches.slice(0, this.#count),
      dimensions: this.#dimensions.slice(0, this.#count * DIMENSION_COUNT),
      counters: this.#counters.slice(0, this.#count * COUNTER_COUNT),
      ...this.#sortedSamples(),
    }
  }

  #find(stretch: number, line: UsageLine): number {
    let hash = stretch | 0
    for (let index = 0; index < DIMENSION_COUNT; index++) {
      const text = this.#textOf(line, line.dimensionSlots[index] as number)
      this.#key[index] = text
      hash = Math.imul(hash ^ text, 0x01000193)
    }
    hash ^= hash >>> 15
    const mask = this.#places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const cell = (this.#places[place] as number) - 1
      if (cell === -1) return this.#addCell(stretch, hash, place)
      if (this.#hashes[cell] === hash && this.#isSame(cell, stretch)) return cell
    }
  }

  /** 1 + the number of the text in a slot, or 0. */
  #textOf({ reader }: UsageLine, slot: number): number {
    const kind = reader.kind(slot)
    if (kind === KIND.absent || kind === KIND.null) return 0
    if (!reader.hasEscape(slot))
      return 1 + this.#interner.intern(reader.bytes, reader.start(slot), reader.end(slot))
    const bytes = Buffer.from(reader.text(slot))
    return 1 + this.#interner.intern(bytes, 0, bytes.length)
  }

  #isSame(cell: number, stretch: number): boolean {
    if (this.#stretches[cell] !== stretch) return false
    const start = cell * DIMENSION_COUNT
    for (let index = 0; index < DIMENSION_COUNT; index++) {
      if (this.#dimensions[start + index] !== this.#key[index]) return false
    }
    return true
  }

  #addCell(stretch: number, hash: number, place: number): number {
    const cell = this.#count++
    this.#stretches = grown(this.#stretches, this.#count)
    this.#stretches[cell] = stretch
    this.#dimensions = grown(this.#dimensions, this.#count * DIMENSION_COUNT)
    this.#dimensions.set(this.#key, cell * DIMENSION_COUNT)
    this.#counters = grown(this.#counters, this.#count * COUNTER_COUNT)
    this.#hashes = grown(this.#hashes, this.#count)
    this.#hashes[cell] = hash
    this.#places[place] = this.#count
    if (this.#count * 2 > this.#places.length) {
      this.#places = spreadPlaces(this.#hashes, this.#count, this.#places.length * 2)
    }
    return cell
  }

  #addSample(cell: number, bucket: number): void {
    const index = this.#sampleCount++
    this.#sampleCells = grown(this.#sampleCells, this.#sampleCount)
    this.#sampleCells[index] = cell
    this.#samples = grown(this.#samples, this.#sampleCount)
    this.#samples[index] = bucket
  }

  /** By cell: counted first, then each put in its place. */
  #sortedSamples(): Pick<Cells, 'sampleEnds' | 'samples'> {
    const next = new Uint32Array(this.#count + 1)
    for (let index = 0; index < this.#sampleCount; index++) {
      const after = (this.#sampleCells[index] as number) + 1
      next[after] = (next[after] as number) + 1
    }
    for (let cell = 1; cell <= this.#count; cell++)
      next[cell] = (next[cell] as number) + (next[cell - 1] as number)
    const samples = new Uint16Array(this.#sampleCount)
    for (let index = 0; index < this.#sampleCount; index++) {
      const cell = this.#sampleCells[index] as number
      samples[next[cell] as number] = this.#samples[index] as number
      next[cell] = (next[cell] as number) + 1
    }
    return { sampleEnds: next.slice(0, this.#count), samples }
  }
}
