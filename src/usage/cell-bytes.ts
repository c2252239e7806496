import type { Cells } from './cells.ts'
import { COUNTER_COUNT } from './counters.ts'
import { DIMENSION_COUNT } from './dimensions.ts'

/** What the bytes of some cells do not say. */
export type CellFacts = Pick<Cells, 'count' | 'stretchMs' | 'texts'> & { readonly sampleCount: number }

/** The columns of numbers one after another, the widest numbers first, in the byte order of this machine. */
export function packCells({ counters, stretches, dimensions, sampleEnds, samples }: Cells): Buffer {
  return Buffer.concat([counters, stretches, dimensions, sampleEnds, samples].map(bytesOf))
}

/** @throws RangeError where there are fewer or more bytes than those of so many cells */
export function unpackCells(bytes: Buffer, { sampleCount, ...facts }: CellFacts): Cells {
  const { count } = facts
  const memory = new Uint8Array(bytes).buffer
  let offset = 0
  const next = (length: number) => {
    const start = offset
    offset += length
    return start
  }
  const columns = {
    counters: new Float64Array(memory, next(count * COUNTER_COUNT * 8), count * COUNTER_COUNT),
    stretches: new Uint32Array(memory, next(count * 4), count),
    dimensions: new Uint32Array(memory, next(count * DIMENSION_COUNT * 4), count * DIMENSION_COUNT),
    sampleEnds: new Uint32Array(memory, next(count * 4), count),
    samples: new Uint16Array(memory, next(sampleCount * 2), sampleCount),
  }
  if (offset !== bytes.length) throw new RangeError('bytes behind the cells')
  return { ...facts, ...columns }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}
