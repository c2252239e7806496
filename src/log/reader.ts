import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { NEWLINE } from './day-file.ts'

const BLOCK_BYTES = 256 * 1024

/** Which bytes of a file are meant, by their offsets. */
export interface Range {
  readonly start?: number
  /** Without it, the size of the file when it is opened. */
  readonly end?: number | undefined
}

/** Whole lines, and where in the file they end. */
export interface Block {
  readonly bytes: Buffer
  readonly end: number
}

/** Longer lines are no records; of those, no more than this is held. */
const LONGEST_LINE_BYTES = 8 * 1024 ** 2
/** Stands for a line that is too long, so that it is counted among those that are no records. */
const TOO_LONG = Buffer.from('…\n')
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
    const pending = new Pending()
    for (let offset = range.start ?? 0; offset < end; offset += BLOCK_BYTES) {
      const chunk = readAt(file, offset, Math.min(BLOCK_BYTES, end - offset))
      const cut = chunk.lastIndexOf(NEWLINE) + 1
      if (cut > 0) yield { bytes: pending.before(chunk.subarray(0, cut)), end: offset + cut }
      pending.add(chunk.subarray(cut))
    }
    const bytes = pending.before(NOTHING)
    if (bytes.length > 0) yield { bytes, end }
  } finally {
    closeSync(file.fd)
  }
}

/** The same blocks, last to first: what stands at the end costs the same in a file of any size. */
export function* blocksBackward(path: string, range: Range = {}): Generator<Buffer> {
  const file = open(path)
  if (!file) return
  try {
    const start = range.start ?? 0
    let end = range.end ?? file.size
    const pending = new Pending()
    while (end > start) {
      const offset = Math.max(start, end - BLOCK_BYTES)
      const chunk = readAt(file, offset, end - offset)
      const cut = chunk.indexOf(NEWLINE) + 1
      if (cut > 0) yield* nonEmpty(pending.after(chunk.subarray(cut)))
      pending.add(cut > 0 ? chunk.subarray(0, cut) : chunk)
      end = offset
    }
    yield* nonEmpty(pending.after(NOTHING))
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

/** The pieces of a line whose other end has not been read yet, in the order of reading. */
class Pending {
  #pieces: Buffer[] = []
  #bytes = 0

  add(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#bytes > LONGEST_LINE_BYTES) this.#pieces = []
    else this.#pieces.push(piece)
  }

  /** The pieces, then lines of which the first ends the pending one. Nothing is pending afterwards. */
  before(lines: Buffer): Buffer {
    const pieces = this.#take()
    if (pieces) return Buffer.concat([...pieces, lines])
    return Buffer.concat([TOO_LONG, lines.subarray(lines.indexOf(NEWLINE) + 1)])
  }

  /** Lines of which the last begins the pending one, then the pieces, which were read from last to first. */
  after(lines: Buffer): Buffer {
    const pieces = this.#take()
    if (pieces) return Buffer.concat([lines, ...pieces.reverse()])
    return Buffer.concat([lines.subarray(0, lines.lastIndexOf(NEWLINE) + 1), TOO_LONG])
  }

  /** @returns undefined where the line is too long */
  #take(): Buffer[] | undefined {
    const pieces = this.#bytes > LONGEST_LINE_BYTES ? undefined : this.#pieces
    this.#pieces = []
    this.#bytes = 0
    return pieces
  }
}

interface OpenFile {
  readonly path: string
  readonly fd: number
  readonly size: number
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

/** Fewer bytes than `length` where the file has become shorter. */
function readAt(file: OpenFile, offset: number, length: number): Buffer {
  const chunk = Buffer.allocUnsafe(length)
  try {
    return chunk.subarray(0, readSync(file.fd, chunk, 0, length, offset))
  } catch (error) {
    throw unreadable(file.path, error)
  }
}

function unreadable(path: string, error: unknown): GatewayError {
  return new GatewayError('LOG_UNREADABLE', { path, reason: reasonOf(error) }, error)
}

function* nonEmpty(block: Buffer): Generator<Buffer> {
  if (block.length > 0) yield block
}
