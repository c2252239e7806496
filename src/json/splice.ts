import type { Span } from './scanner.ts'

/** Other bytes for a range of a text. */
export interface Edit extends Span {
  readonly bytes: Buffer
}

/**
 * The text with its ranges replaced: what is not replaced is the same memory, nothing of it is copied or moved.
 * @param chunks the text in pieces
 * @param edits in the order of the text, without overlaps
 * @throws RangeError where they are not
 */
export function splice(chunks: readonly Buffer[], edits: readonly Edit[]): Buffer[] {
  const cut = cutter(chunks)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, bytes } of edits) {
    if (start < at || end < start) throw new RangeError(`no edit can be made at byte ${start}`)
    pieces.push(...cut(start), bytes)
    cut(end)
    at = end
  }
  pieces.push(...cut(Number.POSITIVE_INFINITY))
  return pieces.filter((piece) => piece.length > 0)
}

/** Bytes at a place where none are replaced. */
export function insertion(at: number, bytes: Buffer): Edit {
  return { start: at, end: at, bytes }
}

/** Gives, call by call, the pieces from where the last call ended up to an offset. */
function cutter(chunks: readonly Buffer[]): (end: number) => Buffer[] {
  let index = 0
  let chunkStart = 0
  let at = 0
  return (end) => {
    const pieces: Buffer[] = []
    for (let chunk = chunks[index]; chunk && at < end; chunk = chunks[index]) {
      const piece = chunk.subarray(at - chunkStart, end - chunkStart)
      pieces.push(piece)
      at += piece.length
      if (at < chunkStart + chunk.length) break
      chunkStart = at
      index += 1
    }
    return pieces
  }
}
