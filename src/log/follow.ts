import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { listDayFiles, NEWLINE } from './day-file.ts'
import { placedBlocks, wholeLinesEnd } from './reader.ts'

const POLL_MS = 200
/** Around midnight some writers are still in the file of yesterday. */
const GROWING_FILES = 2

/** How far a file has been read: up to the end of a line. */
export interface Position {
  readonly inode: number
  readonly offset: number
}

/** By path; a file that is not in it is read from its start. */
export type Positions = ReadonlyMap<string, Position>

/** Where the whole lines of each file end now. @throws GatewayError LOG_UNREADABLE */
export function currentPositions(directory: string): Positions {
  const positions = new Map<string, Position>()
  for (const path of listDayFiles(directory)) {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats) positions.set(path, { inode: stats.ino, offset: wholeLinesEnd(path) })
  }
  return positions
}

/**
 * What is appended after `from`, by any process, in blocks of whole lines, until `signal` aborts: within
 * 200 ms of being written, over midnight, and from the start of a file that was cut or replaced.
 * @throws GatewayError LOG_UNREADABLE
 */
export async function* follow(
  directory: string,
  from: Positions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const positions = new Map(from)
  while (!signal.aborted) {
    for (const path of listDayFiles(directory).slice(-GROWING_FILES)) yield* appended(path, positions)
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}

/**
 * What was appended to a file behind its position, which moves on: whole lines only.
 * @throws GatewayError LOG_UNREADABLE
 */
export function* appended(path: string, positions: Map<string, Position>): Generator<Buffer> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return
  const known = positions.get(path)
  const isSame = known !== undefined && known.inode === stats.ino && known.offset <= stats.size
  const start = isSame ? known.offset : 0
  for (const { bytes, end } of placedBlocks(path, { start, end: stats.size })) {
    if (bytes.at(-1) !== NEWLINE) break
    positions.set(path, { inode: stats.ino, offset: end })
    yield bytes
  }
}
