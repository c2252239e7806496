import { KIND, kindOf } from './field-kind.ts'
import type { PlannedMember, PlannedObject, Wanted } from './field-plan.ts'
import { findMember, planFields } from './field-plan.ts'
import {
  BYTE,
  escapeEnd,
  isAt,
  isDigit,
  MALFORMED,
  skipBlanks,
  skipNumber,
  skipWord,
  stringStop,
} from './grammar.ts'
import { parseNumber } from './number.ts'
import { isJsonObject } from './object.ts'
import { pickFields } from './picked-fields.ts'

/** Deeper text is given to JSON.parse, which does not recurse. */
const DEEPEST = 64
/** A string is looked at in words of four bytes, which may reach behind the newline of its line. */
const PADDING = 4
/** Thrown where it may be JSON, but is too rare a kind to be read here. */
const DOUBTFUL = new SyntaxError('doubtful JSON')

/**
 * Reads members of the JSON objects in a file of lines, without making values of the rest: several times as fast as JSON.parse.
 * It finds what JSON.parse finds, in any order, the last of duplicates too, and takes no text that JSON.parse refuses (RFC 8259).
 * One object at a time: `read` it, then ask for its slots.
 */
export class FieldReader {
  readonly slots: ReadonlyMap<string, number>
  readonly #wanted: Wanted
  readonly #root: PlannedObject
  readonly #kinds: Uint8Array
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  readonly #sizes: Uint32Array
  readonly #escapes: Uint8Array
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #hasEscape = false
  #size = 0

  constructor(wanted: Wanted) {
    const { root, slots } = planFields(wanted)
    this.slots = slots
    this.#wanted = wanted
    this.#root = root
    this.#kinds = new Uint8Array(slots.size)
    this.#starts = new Uint32Array(slots.size)
    this.#ends = new Uint32Array(slots.size)
    this.#sizes = new Uint32Array(slots.size)
    this.#escapes = new Uint8Array(slots.size)
  }

  /** The bytes that the offsets of this object are in. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** @returns whether the line from `start` to `end`, where a newline or nothing follows, is an object */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (end + PADDING > bytes.length) return this.#readCopy(bytes.subarray(start, end))
    try {
      this.#readLine(bytes, start, end)
      return true
    } catch (error) {
      return error === DOUBTFUL && this.#readParsed(bytes.toString('utf8', start, end))
    }
  }

  kind(slot: number): number {
    return this.#kinds[slot] as number
  }

  /** Where a value begins in `bytes`; that of a string behind its quote. */
  start(slot: number): number {
    return this.#starts[slot] as number
  }

  /** Where it ends; that of a string before its quote. */
  end(slot: number): number {
    return this.#ends[slot] as number
  }

  /** How many values an array has. */
  size(slot: number): number {
    return this.#sizes[slot] as number
  }

  /** Whether the bytes of a string are not yet its text. */
  hasEscape(slot: number): boolean {
    return this.#escapes[slot] === 1
  }

  /** Whether a string is this one; `expected` has nothing that JSON would escape. */
  isText(slot: number, expected: Buffer): boolean {
    if (this.kind(slot) !== KIND.string) return false
    if (this.hasEscape(slot)) return this.text(slot) === expected.toString()
    return (
      this.end(slot) - this.start(slot) === expected.length && isAt(expected, this.#bytes, this.start(slot))
    )
  }

  text(slot: number): string {
    const start = this.start(slot)
    const end = this.end(slot)
    if (!this.hasEscape(slot)) return this.#bytes.toString('utf8', start, end)
    return JSON.parse(this.#bytes.toString('utf8', start - 1, end + 1)) as string
  }

  number(slot: number): number {
    return parseNumber(this.#bytes, this.start(slot), this.end(slot))
  }

  /** So that the last line too has bytes behind it. */
  #readCopy(line: Buffer): boolean {
    const copy = padded(line)
    return this.read(copy, 0, line.length)
  }

  /** By way of a text without what gave rise to doubt. */
  #readParsed(text: string): boolean {
    try {
      const value: unknown = JSON.parse(text)
      if (!isJsonObject(value)) return false
      const line = Buffer.from(JSON.stringify(pickFields(value, this.#wanted)))
      this.#readLine(padded(line), 0, line.length)
      return true
    } catch {
      return false
    }
  }

  #readLine(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#kinds.fill(KIND.absent)
    const at = skipBlanks(bytes, start)
    if (bytes[at] !== BYTE.openBrace) throw MALFORMED
    if (skipBlanks(bytes, this.#object(at, this.#root, 0)) !== end) throw MALFORMED
  }

  /** @returns the offset behind the object at `start` */
  #object(start: number, planned: PlannedObject | undefined, depth: number): number {
    if (depth === DEEPEST) throw DOUBTFUL
    const bytes = this.#bytes
    let at = skipBlanks(bytes, start + 1)
    if (bytes[at] === BYTE.closeBrace) return at + 1
    for (;;) {
      if (bytes[at] !== BYTE.quote) throw MALFORMED
      const nameStart = at + 1
      at = this.#string(nameStart)
      if (planned !== undefined && this.#hasEscape) throw DOUBTFUL
      const member = planned && findMember(planned, bytes, nameStart, at - 1)
      at = skipBlanks(bytes, at)
      if (bytes[at] !== BYTE.colon) throw MALFORMED
      at = skipBlanks(bytes, at + 1)
      at = skipBlanks(bytes, member ? this.#member(at, member, depth) : this.#value(at, undefined, depth))
      if (bytes[at] === BYTE.closeBrace) return at + 1
      if (bytes[at] !== BYTE.comma) throw MALFORMED
      at = skipBlanks(bytes, at + 1)
    }
  }

  /** Of duplicates the last counts, with all that stands inside of it. */
  #member(start: number, { slot, endSlot, members }: PlannedMember, depth: number): number {
    for (let inner = slot + 1; inner < endSlot; inner++) this.#kinds[inner] = KIND.absent
    const end = this.#value(start, members, depth)
    const kind = kindOf(this.#bytes[start] as number)
    const quote = kind === KIND.string ? 1 : 0
    this.#kinds[slot] = kind
    this.#starts[slot] = start + quote
    this.#ends[slot] = end - quote
    this.#sizes[slot] = this.#size
    this.#escapes[slot] = quote === 1 && this.#hasEscape ? 1 : 0
    return end
  }

  #value(start: number, members: PlannedObject | undefined, depth: number): number {
    const first = this.#bytes[start] as number
    if (first === BYTE.quote) return this.#string(start + 1)
    if (first === BYTE.openBrace) return this.#object(start, members, depth + 1)
    if (first === BYTE.openBracket) return this.#array(start, depth + 1)
    if (first === BYTE.minus || isDigit(first)) return skipNumber(this.#bytes, start)
    return skipWord(this.#bytes, start)
  }

  #array(start: number, depth: number): number {
    if (depth === DEEPEST) throw DOUBTFUL
    const bytes = this.#bytes
    let at = skipBlanks(bytes, start + 1)
    let size = 0
    if (bytes[at] === BYTE.closeBracket) at++
    else
      for (;;) {
        size++
        at = skipBlanks(bytes, this.#value(at, undefined, depth))
        if (bytes[at++] === BYTE.closeBracket) break
        if (bytes[at - 1] !== BYTE.comma) throw MALFORMED
        at = skipBlanks(bytes, at)
      }
    this.#size = size
    return at
  }

  /** From behind the opening quote to behind the closing one. The newline at the end of the line stops this too. */
  #string(start: number): number {
    this.#hasEscape = false
    let at = stringStop(this.#view, start)
    while (this.#bytes[at] !== BYTE.quote) {
      if (this.#bytes[at] !== BYTE.backslash) throw MALFORMED
      this.#hasEscape = true
      at = stringStop(this.#view, escapeEnd(this.#bytes, at) + 1)
    }
    return at + 1
  }
}

function padded(line: Buffer): Buffer {
  const copy = Buffer.alloc(line.length + PADDING, BYTE.newline)
  line.copy(copy)
  return copy
}
