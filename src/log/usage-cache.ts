import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { endianness } from 'node:os'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { ensurePrivateDirectory, openPrivateFile } from '../base/private-file.ts'
import { packCells, unpackCells } from '../usage/cell-bytes.ts'
import type { Cells } from '../usage/cells.ts'
import { COUNTERS } from '../usage/counters.ts'
import { DIMENSIONS } from '../usage/dimensions.ts'
import type { Segment, Summed } from './segment.ts'

interface StoredSegment extends Segment, Pick<Cells, 'count' | 'stretchMs' | 'texts'> {
  readonly sampleCount: number
  readonly offset: number
  readonly length: number
  readonly cellsChecksum: number
}

interface Header {
  readonly layout: string
  readonly fingerprint: string
  readonly segments: readonly StoredSegment[]
}

/** Of another version, another kind of machine or with other counters, a cache is none. */
const LAYOUT = [2, endianness(), ...DIMENSIONS, ...COUNTERS].join()
/** At the end of the file: length and CRC-32 of the header that stands before it. */
const TRAILER_BYTES = 8

/** Sums over the lines of one log file, as they were when it was last read. A copy, never the truth: the file is. */
export class UsageCache {
  /** The state that the file was in. */
  readonly fingerprint: string
  readonly #fd: number
  readonly #segments: readonly StoredSegment[]

  constructor(fd: number, { segments, fingerprint }: Header) {
    this.#fd = fd
    this.#segments = segments
    this.fingerprint = fingerprint
  }

  get length(): number {
    return this.#segments.length
  }

  /** How far the file was read. */
  get end(): number {
    return this.#segments.at(-1)?.end ?? 0
  }

  /** The first `count` segments, or those before the first one that is damaged. */
  *take(count: number): Generator<Summed> {
    for (const segment of this.#segments.slice(0, count)) {
      const cells = readCells(this.#fd, segment)
      if (!cells) return
      yield { segment, cells }
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The cache in a file, to be closed; undefined where there is none, or it is damaged. */
export function openUsageCache(path: string): UsageCache | undefined {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const header = readHeader(fd)
    if (header?.layout === LAYOUT) return new UsageCache(fd, header)
  } catch {
    // It is made again.
  }
  if (fd !== undefined) closeSync(fd)
  return undefined
}

/**
 * Writes a cache beside its place, and puts it there when it is whole: of several processes the last one counts, and whoever
 * reads meanwhile has a whole one. Never throws: where nothing can be written, there is no cache.
 */
export class UsageCacheWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #segments: StoredSegment[] = []
  #fd: number | undefined
  #offset = 0

  constructor(path: string) {
    this.#path = path
    this.#temporary = `${path}.${crypto.randomUUID()}.tmp`
    this.#attempt(() => {
      ensurePrivateDirectory(dirname(path))
      this.#fd = openPrivateFile(this.#temporary, 'wx')
    })
  }

  append({ segment, cells }: Summed): void {
    const bytes = packCells(cells)
    const { count, stretchMs, texts, samples } = cells
    const facts = { count, stretchMs, texts, sampleCount: samples.length }
    const place = { offset: this.#offset, length: bytes.length, cellsChecksum: crc32(bytes) }
    const { start, end, checksum, skipped, newer, firstMs, lastMs } = segment
    this.#segments.push({ start, end, checksum, skipped, newer, firstMs, lastMs, ...facts, ...place })
    this.#write(bytes)
  }

  /** @param fingerprint of the file that the segments are all of */
  commit(fingerprint: string): void {
    const header: Header = { layout: LAYOUT, fingerprint, segments: this.#segments }
    const bytes = Buffer.from(JSON.stringify(header))
    const trailer = Buffer.alloc(TRAILER_BYTES)
    trailer.writeUInt32LE(bytes.length, 0)
    trailer.writeUInt32LE(crc32(bytes), 4)
    this.#write(Buffer.concat([bytes, trailer]))
    this.#attempt(() => {
      if (this.#fd === undefined) return
      closeSync(this.#fd)
      renameSync(this.#temporary, this.#path)
      this.#fd = undefined
    })
  }

  /** Leaves nothing behind, unless it was committed. */
  abandon(): void {
    const fd = this.#fd
    if (fd === undefined) return
    this.#fd = undefined
    this.#attempt(() => closeSync(fd))
    this.#attempt(() => rmSync(this.#temporary, { force: true }))
  }

  #write(bytes: Buffer): void {
    this.#attempt(() => {
      if (this.#fd === undefined) return
      let written = 0
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
      this.#offset += bytes.length
    })
  }

  #attempt(step: () => void): void {
    try {
      step()
    } catch {
      this.abandon()
    }
  }
}

function readCells(fd: number, segment: StoredSegment): Cells | undefined {
  try {
    const bytes = readBytes(fd, segment.offset, segment.length)
    return crc32(bytes) === segment.cellsChecksum ? unpackCells(bytes, segment) : undefined
  } catch {
    return undefined
  }
}

function readHeader(fd: number): Header | undefined {
  const { size } = fstatSync(fd)
  const trailer = readBytes(fd, size - TRAILER_BYTES, TRAILER_BYTES)
  const length = trailer.readUInt32LE(0)
  const bytes = readBytes(fd, size - TRAILER_BYTES - length, length)
  return crc32(bytes) === trailer.readUInt32LE(4) ? (JSON.parse(bytes.toString()) as Header) : undefined
}

/** @throws RangeError where the file has not so many */
function readBytes(fd: number, offset: number, length: number): Buffer {
  if (offset < 0 || length > fstatSync(fd).size) throw new RangeError('no such bytes')
  const bytes = Buffer.allocUnsafe(length)
  if (readSync(fd, bytes, 0, length, offset) !== length) throw new RangeError('no such bytes')
  return bytes
}
