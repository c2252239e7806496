import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { NEWLINE } from './day-file.ts'

const BLOCK_BYTES = 256 * 1024

/** Which bytes of a file are meant, by their offsets. */
export interface Range {
  readonly start?: number | undefined
  /** Without it, the size of the file when it is opened. */
  readonly end?: number | undefined
}

/** Whole lines, and where in the file they end. */
export interface Block {
  readonly bytes: Buffer
  readonly end: number
}

/** Where a line stands, without its newline. */
export interface Place {
  readonly path: string
  readonly start: number
  readonly length: number
}

/** Longer lines are no records. */
const LONGEST_LINE_BYTES = 8 * 1024 ** 2
/** Stands for the part of such a line that is not held: what is left of it still is one line, and no JSON. */
const TOO_LONG = Buffer.from('…')
const NOTHING = Buffer.alloc(0)

/**
 * A log file in blocks of whole lines, first to last; only the last block may lack its newline.
 * Nothing if the file is gone.
 * @throws GatewayError LOG_UNREADABLE
 */
export function* blocksForward(path: string, range: Range = {}): Generator<Buffer> {
  for (const { bytes } of placedBlocks(path, range)) yield bytes
}

/** The same with their places. @throws GatewayError LOG_UNREADABLE */
export function* placedBlocks(path: string, range: Range = {}): Generator<Block> {
  const file = open(path)
  if (!file) return
  try {
    const end = range.end ?? file.size
    let rest: Buffer = NOTHING
    for (let offset = range.start ?? 0; offset < end; offset += BLOCK_BYTES) {
      const before = rest
      const bytes = readAt(file, offset, Math.min(BLOCK_BYTES, end - offset), { before })
      const cut = bytes.lastIndexOf(NEWLINE) + 1
      rest = shortened(bytes.subarray(cut))
      if (cut > 0) yield { bytes: bytes.subarray(0, cut), end: offset + cut - before.length }
    }
    if (rest.length > 0) yield { bytes: rest, end }
  } finally {
    closeSync(file.fd)
  }
}

/** The same blocks, last to first: what stands at the end costs the same in a file of any size. */
export function* blocksBackward(path: string, range: Range = {}): Generator<Buffer> {
  for (const { bytes } of placedBlocksBackward(path, range)) yield bytes
}

/** The same with their places. @throws GatewayError LOG_UNREADABLE */
export function* placedBlocksBackward(path: string, range: Range = {}): Generator<Block> {
  const file = open(path)
  if (!file) return
  try {
    const start = range.start ?? 0
    let end = range.end ?? file.size
    let rest: Buffer = NOTHING
    let restEnd = end
    while (end > start) {
      const offset = Math.max(start, end - BLOCK_BYTES)
      const bytes = readAt(file, offset, end - offset, { after: rest })
      const cut = bytes.indexOf(NEWLINE) + 1
      if (cut > 0) {
        yield* nonEmpty({ bytes: bytes.subarray(cut), end: restEnd })
        restEnd = offset + cut
      }
      rest = shortened(cut > 0 ? bytes.subarray(0, cut) : bytes)
      end = offset
    }
    yield* nonEmpty({ bytes: rest, end: restEnd })
  } finally {
    closeSync(file.fd)
  }
}

/** Where the last whole line of a file ends; a line that is being written begins there. */
export function wholeLinesEnd(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const [last] = blocksBackward(path, { end: size })
  return last ? size - last.length + last.lastIndexOf(NEWLINE) + 1 : 0
}

interface OpenFile {
  readonly path: string
  readonly fd: number
  readonly size: number
}

/** The bytes at some places, in their order, which is quick where those of one file come together; none where a file is gone. */
export function* bytesAt(places: Iterable<Place>): Generator<Buffer> {
  let file: OpenFile | undefined
  try {
    for (const { path, start, length } of places) {
      if (file?.path !== path) {
        if (file) closeSync(file.fd)
        file = open(path)
      }
      if (file) yield readAt(file, start, length, {})
    }
  } finally {
    if (file) closeSync(file.fd)
  }
}

function open(path: string): OpenFile | undefined {
  try {
    const fd = openSync(path, 'r')
    return { path, fd, size: fstatSync(fd).size }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(path, error)
  }
}

/** What was read before goes around it, so that it need not be copied later. Fewer bytes where the file has become shorter. */
function readAt(
  file: OpenFile,
  offset: number,
  length: number,
  { before = NOTHING, after = NOTHING }: { readonly before?: Buffer; readonly after?: Buffer },
): Buffer {
  const bytes = Buffer.allocUnsafe(before.length + length + after.length)
  bytes.set(before)
  try {
    const end = before.length + readSync(file.fd, bytes, before.length, length, offset)
    bytes.set(after, end)
    return bytes.subarray(0, end + after.length)
  } catch (error) {
    throw unreadable(file.path, error)
  }
}

/** The end is kept: a line of another process may stand there, behind what one could not finish. */
function shortened(rest: Buffer): Buffer {
  return rest.length > LONGEST_LINE_BYTES ? Buffer.concat([TOO_LONG, rest.subarray(-BLOCK_BYTES)]) : rest
}

function unreadable(path: string, error: unknown): GatewayError {
  return new GatewayError('LOG_UNREADABLE', { path, reason: reasonOf(error) }, error)
}

function* nonEmpty(block: Block): Generator<Block> {
  if (block.bytes.length > 0) yield block
}
