/** Sums over exchanges that are the same in every dimension and began in the same stretch of time; in columns. */
export interface Cells {
  readonly count: number
  readonly stretchMs: number
  /** The texts that the dimensions refer to. */
  readonly texts: readonly string[]
  /** When each began, in Unix milliseconds, divided by `stretchMs`. */
  readonly stretches: Uint32Array<ArrayBuffer>
  /** For each cell 1 + the index of a text, or 0, in the order of DIMENSIONS. */
  readonly dimensions: Uint32Array<ArrayBuffer>
  /** For each cell the sums in the order of COUNTERS. */
  readonly counters: Float64Array<ArrayBuffer>
  /** Where the samples of each cell end; they begin where those of the one before end. */
  readonly sampleEnds: Uint32Array<ArrayBuffer>
  /** Buckets of times to the first token, one for each answer that has one. */
  readonly samples: Uint16Array<ArrayBuffer>
}
