import { grown, spreadPlaces } from './growing-columns.ts'

const FIRST_SIZE = 256

/** Numbers the different texts among many, by their bytes, so that no string is made of one that was seen before. */
export class Interner {
  #bytes = new Uint8Array(FIRST_SIZE)
  #ends = new Uint32Array(FIRST_SIZE)
  #hashes = new Int32Array(FIRST_SIZE)
  #count = 0
  /** By hash, 1 + the number of a text; the next free place where two have the same. At most half of them are taken. */
  #places = new Uint32Array(FIRST_SIZE * 2)

  /** The number of a text, counted from 0. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const mask = this.#places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = (this.#places[place] as number) - 1
      if (number === -1) return this.#add(bytes, start, end, hash, place)
      if (this.#hashes[number] === hash && this.#isSame(number, bytes, start, end)) return number
    }
  }

  texts(): string[] {
    const bytes = Buffer.from(this.#bytes.buffer)
    return Array.from({ length: this.#count }, (_, number) =>
      bytes.toString('utf8', this.#startOf(number), this.#ends[number]),
    )
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number)
  }

  #isSame(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#startOf(number)
    if ((this.#ends[number] as number) - own !== end - start) return false
    for (let at = start; at < end; at++) if (this.#bytes[own + at - start] !== bytes[at]) return false
    return true
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, place: number): number {
    const number = this.#count++
    const own = this.#startOf(number)
    this.#bytes = grown(this.#bytes, own + end - start)
    this.#bytes.set(bytes.subarray(start, end), own)
    this.#ends = grown(this.#ends, this.#count)
    this.#ends[number] = own + end - start
    this.#hashes = grown(this.#hashes, this.#count)
    this.#hashes[number] = hash
    this.#places[place] = this.#count
    if (this.#count * 2 > this.#places.length) {
      this.#places = spreadPlaces(this.#hashes, this.#count, this.#places.length * 2)
    }
    return number
  }
}

/** FNV-1a in 32 bits (RFC 9923), with its upper half folded in, as only the lower bits choose a place. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}
