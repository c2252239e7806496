import type { Cells } from '../usage/cells.ts'

/** A part of a log file, and what its lines add up to. */
export interface Summed {
  readonly segment: Segment
  readonly cells: Cells
}

/** Some bytes of a log file: whole lines, but for its end. */
export interface Segment {
  readonly start: number
  readonly end: number
  /** CRC-32 of these bytes. */
  readonly checksum: number
  /** Lines that are none of ours. */
  readonly skipped: number
  /** Those of them that a newer version wrote. */
  readonly newer: number
  /** When its first and its last exchange began, Unix milliseconds; absent where there is none. */
  readonly firstMs?: number | undefined
  readonly lastMs?: number | undefined
}
