import type { Cells } from './cells.ts'
import { COUNTER_COUNT } from './counters.ts'
import type { Dimension } from './dimensions.ts'
import { DIMENSION_COUNT, DIMENSIONS } from './dimensions.ts'
import type { Sums } from './figures.ts'
import { createSums } from './figures.ts'

/** By what rows are told apart: a dimension, or a name for the time when a stretch began, in Unix milliseconds. */
export type Axis = { readonly dimension: Dimension } | { readonly nameOf: (startMs: number) => string }

/** Holds for exchanges that have such a text in one of the dimensions. */
export interface Filter {
  readonly dimensions: readonly Dimension[]
  readonly isMeant: (text: string) => boolean
}

export interface Group {
  /** A name for each axis; null where the exchanges have none. */
  readonly names: readonly (string | null)[]
  readonly sums: Sums
  /** When the first stretch of it began. */
  readonly firstMs: number
}

const UNNUMBERED = -1

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** Adds cells up to rows, for one or two axes. */
export class Groups {
  readonly totals = createSums()
  readonly #axes: readonly Axis[]
  readonly #filters: readonly Filter[]
  readonly #groups = new Map<number, Mutable<Group>>()
  /** Every name of any axis with its number, from 1 on. */
  readonly #numbers = new Map<string, number>()
  readonly #names: (string | null)[] = [null]

  constructor(axes: readonly Axis[], filters: readonly Filter[]) {
    this.#axes = axes
    this.#filters = filters
  }

  add(cells: Cells): void {
    const isMeant = this.#filters.map((filter) => cellTest(cells, filter))
    const numbers = this.#axes.map((axis) => this.#cellNumbers(cells, axis))
    for (let cell = 0; cell < cells.count; cell++) {
      if (!isMeant.every((test) => test(cell))) continue
      const group = this.#groupOf(numbers.map((numberOf) => numberOf(cell)))
      group.firstMs = Math.min(group.firstMs, (cells.stretches[cell] as number) * cells.stretchMs)
      addCell(group.sums, cells, cell)
      addCell(this.totals, cells, cell)
    }
  }

  /** In the order in which they were met. */
  groups(): readonly Group[] {
    return [...this.#groups.values()]
  }

  #groupOf([first = 0, second = 0]: readonly number[]): Mutable<Group> {
    const key = first * 2 ** 26 + second
    const known = this.#groups.get(key)
    if (known) return known
    const names = [first, second].slice(0, this.#axes.length).map((number) => this.#names[number] ?? null)
    const group = { names, sums: createSums(), firstMs: Number.POSITIVE_INFINITY }
    this.#groups.set(key, group)
    return group
  }

  /** Each text and each stretch of some cells is looked up once. */
  #cellNumbers(cells: Cells, axis: Axis): (cell: number) => number {
    if ('dimension' in axis) {
      const column = DIMENSIONS.indexOf(axis.dimension)
      const numbers = [0, ...cells.texts.map(() => UNNUMBERED)]
      return (cell) => {
        const text = cells.dimensions[cell * DIMENSION_COUNT + column] as number
        if (numbers[text] === UNNUMBERED) numbers[text] = this.#numberOf(cells.texts[text - 1] as string)
        return numbers[text] as number
      }
    }
    const numbers = new Map<number, number>()
    return (cell) => {
      const stretch = cells.stretches[cell] as number
      const number = numbers.get(stretch) ?? this.#numberOf(axis.nameOf(stretch * cells.stretchMs))
      numbers.set(stretch, number)
      return number
    }
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }
}

function cellTest({ texts, dimensions }: Cells, filter: Filter): (cell: number) => boolean {
  const areMeant = [false, ...texts.map(filter.isMeant)]
  const columns = filter.dimensions.map((dimension) => DIMENSIONS.indexOf(dimension))
  return (cell) =>
    columns.some((column) => areMeant[dimensions[cell * DIMENSION_COUNT + column] as number] === true)
}

function addCell(sums: Sums, { counters, samples, sampleEnds }: Cells, cell: number): void {
  const start = cell * COUNTER_COUNT
  for (let index = 0; index < COUNTER_COUNT; index++) {
    sums.counters[index] = (sums.counters[index] as number) + (counters[start + index] as number)
  }
  const end = sampleEnds[cell] as number
  for (let index = cell === 0 ? 0 : (sampleEnds[cell - 1] as number); index < end; index++) {
    sums.ttftMs.add(samples[index] as number)
  }
}
