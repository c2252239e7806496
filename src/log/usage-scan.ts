import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Cells } from '../usage/cells.ts'
import type { PriceLine } from '../usage/usage-line.ts'
import { UsageLine } from '../usage/usage-line.ts'
import { blocksForward, placedBlocks } from './reader.ts'
import type { Segment, Summed } from './segment.ts'
import { SegmentBuilder } from './segment-builder.ts'
import type { TimeRange } from './since.ts'
import type { UsageCache } from './usage-cache.ts'
import { openUsageCache, UsageCacheWriter } from './usage-cache.ts'

export interface UsageScanOptions {
  readonly range: TimeRange
  /** The length of the stretches of time that are told apart. */
  readonly stretchMs: number
  readonly nowMs: number
  /** Where sums are kept from one scan to the next; without it, every line is read. */
  readonly cacheDirectory?: string | undefined
  /** Gives costs in place of those in the lines; they are kept nowhere. */
  readonly priceLine?: PriceLine | undefined
  /** So much is added up at a time; of a file that has grown, the last so much is read again. */
  readonly segmentBytes?: number
  /** Told how many bytes more of the files are dealt with. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

const SEGMENT_BYTES = 4 * 1024 ** 2
/** A smaller file is read as quickly as its sums. */
const SMALL_FILE_BYTES = 256 * 1024
/** A file that was written to so shortly before it was read may change again without its time doing so. */
const SETTLED_MS = 2000
/** What a writer that lives has not touched for so long is none's any more. */
const LEFT_MS = 3_600_000
const ENDING = '.sums'
const ALWAYS: TimeRange = {}

/** Adds up the lines of log files that began within a range; what has not changed since the last scan is not read again. */
export class UsageScan {
  readonly #options: UsageScanOptions
  readonly #line: UsageLine
  #skipped = 0
  #newer = 0

  constructor(options: UsageScanOptions) {
    this.#options = options
    this.#line = new UsageLine(options.priceLine)
  }

  /** How many lines are none of ours: torn, foreign, or of a future version. */
  get skipped(): number {
    return this.#skipped
  }

  /** How many of them were written by a newer version. */
  get newer(): number {
    return this.#newer
  }

  /** @throws GatewayError LOG_UNREADABLE */
  *cells(paths: readonly string[]): Generator<Cells> {
    for (const path of paths) {
      for (const summed of this.#file(path)) {
        this.#skipped += summed.segment.skipped
        this.#newer += summed.segment.newer
        yield* this.#within(path, summed)
        this.#options.onBytes?.(summed.segment.end - summed.segment.start)
      }
    }
  }

  #file(path: string): Generator<Summed> {
    const { cacheDirectory, priceLine, range, nowMs } = this.#options
    const state = stateOf(path, nowMs)
    if (cacheDirectory === undefined || priceLine || state.size < SMALL_FILE_BYTES) {
      return this.#read(path, 0, state.size, range)
    }
    return this.#cached(path, state, usageCachePath(cacheDirectory, path))
  }

  *#cached(path: string, state: FileState, cachePath: string): Generator<Summed> {
    const cache = openUsageCache(cachePath)
    try {
      let known = 0
      let end = 0
      for (const summed of cache ? this.#stillTrue(path, state, cache) : []) {
        known += 1
        end = summed.segment.end
        yield summed
      }
      const isUpToDate = cache?.fingerprint === state.fingerprint || !state.isSettled
      if (end === state.size && isUpToDate) return
      yield* this.#written(
        cachePath,
        state,
        cache?.take(known) ?? [],
        this.#read(path, end, state.size, ALWAYS),
      )
    } finally {
      cache?.close()
    }
  }

  /** The segments that still hold: in a file that was changed, those up to the first whose bytes are not the same. */
  *#stillTrue(path: string, { size, fingerprint }: FileState, cache: UsageCache): Generator<Summed> {
    const isSame = cache.fingerprint === fingerprint
    for (const summed of cache.take(cache.length)) {
      const { segment, cells } = summed
      if (this.#options.stretchMs % cells.stretchMs !== 0) return
      // The last one may have ended within a line that was finished since.
      const isWhole = segment.end < cache.end || segment.end === size
      if (!isSame && !(isWhole && segment.end <= size && checksumOf(path, segment) === segment.checksum))
        return
      yield summed
    }
  }

  /** Gives on what is read, and puts it behind what is known into the cache. */
  *#written(
    cachePath: string,
    { fingerprint, isSettled }: FileState,
    known: Iterable<Summed>,
    read: Iterable<Summed>,
  ): Generator<Summed> {
    const writer = new UsageCacheWriter(cachePath)
    try {
      for (const summed of known) writer.append(summed)
      for (const summed of read) {
        writer.append(summed)
        yield summed
      }
      writer.commit(isSettled ? fingerprint : '')
    } finally {
      writer.abandon()
    }
  }

  *#read(path: string, start: number, end: number, range: TimeRange): Generator<Summed> {
    const { stretchMs, segmentBytes = SEGMENT_BYTES } = this.#options
    for (let next = start; next < end; ) {
      const builder = new SegmentBuilder(next, stretchMs, this.#line, range)
      // Each segment in blocks of its own, as it will be read again: what is left of a long line depends on them.
      for (const block of placedBlocks(path, { start: next, end })) {
        builder.add(block)
        if (builder.length >= segmentBytes) break
      }
      if (builder.length === 0) return
      const summed = builder.finish()
      next = summed.segment.end
      yield summed
    }
  }

  /** A segment of which only a part lies within the range is read again. */
  *#within(path: string, { segment, cells }: Summed): Generator<Cells> {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#options.range
    const { start, end, firstMs, lastMs } = segment
    if (firstMs === undefined || lastMs === undefined || lastMs < sinceMs || firstMs >= untilMs) return
    if (firstMs >= sinceMs && lastMs < untilMs) yield cells
    else for (const part of this.#read(path, start, end, this.#options.range)) yield part.cells
  }
}

/** Deletes the caches of files that are no more, and what broken-off writers left. */
export function sweepUsageCache(cacheDirectory: string, paths: readonly string[], nowMs: number): void {
  const kept = new Set(paths.map((path) => usageCachePath(cacheDirectory, path)))
  const folders = new Set(paths.map((path) => basename(dirname(path))))
  try {
    for (const name of readdirSync(cacheDirectory)) {
      const path = join(cacheDirectory, name)
      const isOrphan =
        name.endsWith(ENDING) &&
        [...folders].some((folder) => name.startsWith(`${folder}-`)) &&
        !kept.has(path)
      const isLeft = name.endsWith('.tmp') && nowMs - statSync(path).mtimeMs > LEFT_MS
      if (isOrphan || isLeft) rmSync(path, { force: true })
    }
  } catch {
    // There is none, or another process sweeps as well.
  }
}

interface FileState {
  readonly size: number
  readonly fingerprint: string
  readonly isSettled: boolean
}

function stateOf(path: string, nowMs: number): FileState {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true })
  if (!stats) return { size: 0, fingerprint: '', isSettled: false }
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = stats
  const isSettled = nowMs - Number(ctimeMs) > SETTLED_MS
  return { size: Number(size), fingerprint: [dev, ino, size, mtimeNs, ctimeNs].join(), isSettled }
}

function checksumOf(path: string, { start, end }: Segment): number {
  let checksum = 0
  for (const block of blocksForward(path, { start, end })) checksum = crc32(block, checksum)
  return checksum
}

function usageCachePath(cacheDirectory: string, path: string): string {
  return join(cacheDirectory, `${basename(dirname(path))}-${basename(path)}${ENDING}`)
}
