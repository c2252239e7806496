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

/**
 * A log file in blocks of whole lines, first to last; only the last block may lack its newline.
 * Nothing if the file is gone.
 * @throws GatewayError LOG_UNREADABLE
 */
export function* blocksForward(path: string, range: Range = {}): Generator<Buffer> {
  const file = open(path)
  if (!file) return
  try {
    const end = range.end ?? file.size
    const pending: Buffer[] = []
    for (let offset = range.start ?? 0; offset < end; offset += BLOCK_BYTES) {
      const chunk = readAt(file, offset, Math.min(BLOCK_BYTES, end - offset))
      const cut = chunk.lastIndexOf(NEWLINE) + 1
      if (cut > 0) yield Buffer.concat([...pending.splice(0), chunk.subarray(0, cut)])
      pending.push(chunk.subarray(cut))
    }
    yield* nonEmpty(Buffer.concat(pending))
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
    const pending: Buffer[] = []
    while (end > start) {
      const offset = Math.max(start, end - BLOCK_BYTES)
      const chunk = readAt(file, offset, end - offset)
      const cut = chunk.indexOf(NEWLINE) + 1
      if (cut > 0) yield* nonEmpty(Buffer.concat([chunk.subarray(cut), ...pending.splice(0).reverse()]))
      pending.push(cut > 0 ? chunk.subarray(0, cut) : chunk)
      end = offset
    }
    yield* nonEmpty(Buffer.concat(pending.reverse()))
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
