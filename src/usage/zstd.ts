import { Decompress } from 'fzstd'

/** What a peer may ask a decoder to remember: RFC 9659 section 3. */
const MAX_WINDOW_BYTES = 8 * 1024 ** 2

/**
 * A decoder of zstd for a Node without one. It gives its bytes while `write` runs.
 * @param firstBytes the first 16 bytes of the body, to know the memory that it asks for
 * @throws Error where that is too much, and from `write` where the bytes are not zstd.
 */
export function createZstdDecoder(
  firstBytes: Buffer,
  onBytes: (bytes: Buffer) => void,
): { write(chunk: Buffer): void } {
  if (windowBytes(firstBytes) > MAX_WINDOW_BYTES) throw new Error('the zstd window is too large')
  const decoder = new Decompress((data) => onBytes(Buffer.from(data.buffer, data.byteOffset, data.length)))
  return { write: (chunk) => decoder.push(chunk) }
}

/** The memory that the first frame asks for: RFC 8878 section 3.1.1.1. */
function windowBytes(frame: Buffer): number {
  const descriptor = frame.readUInt8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  if (isSingleSegment) return contentBytes(frame, descriptor)
  const window = frame.readUInt8(5)
  const base = 2 ** (10 + (window >> 3))
  return base + (base / 8) * (window & 7)
}

/** The field has 1, 2, 4 or 8 bytes behind an optional dictionary id; of the last, 6 are enough for a limit. */
function contentBytes(frame: Buffer, descriptor: number): number {
  const start = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  return frame.readUIntLE(start, [1, 2, 4, 6][descriptor >> 6] ?? 1)
}
