/** Bytes that arrive in pieces, kept in one block of memory that doubles when it is full. */
export class GrowingBuffer {
  #block = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  append(piece: Buffer): void {
    this.#reserve(this.#length + piece.length)
    piece.copy(this.#block, this.#length)
    this.#length += piece.length
  }

  /** What is there: a view that the next `append` or `clear` can change. */
  view(): Buffer {
    return this.#block.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  #reserve(length: number): void {
    if (length <= this.#block.length) return
    const block = Buffer.allocUnsafe(Math.max(length, this.#block.length * 2))
    this.view().copy(block)
    this.#block = block
  }
}
