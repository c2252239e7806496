import type { FieldReader } from '../json/field-reader.ts'
import { isDigit } from '../json/grammar.ts'

const ZERO = 0x30
const COLON = 0x3a
const POINT = 0x2e
const LETTER_Z = 0x5a
const FORM = '2026-11-20T14:03:22.120Z'
/** `2026-11-20T14:` */
const HOUR_LENGTH = 14

/** Reads times in the form that we write; the hour, which is mostly that of the line before, only once. */
export class TimeReader {
  readonly #hour = Buffer.alloc(HOUR_LENGTH)
  #hourMs = Number.NaN

  /** Unix milliseconds; NaN where the text is no time. Other forms are read as well. */
  read(reader: FieldReader, slot: number): number {
    const { bytes } = reader
    const start = reader.start(slot)
    if (reader.end(slot) - start !== FORM.length || !hasForm(bytes, start))
      return Date.parse(reader.text(slot))
    const minutes = twoDigits(bytes, start + 14)
    const seconds = twoDigits(bytes, start + 17)
    if (!this.#isHour(bytes, start) || minutes > 59 || seconds > 59) return this.#newHour(reader, slot)
    const milliseconds = twoDigits(bytes, start + 20) * 10 + (bytes[start + 22] as number) - ZERO
    return this.#hourMs + minutes * 60_000 + seconds * 1000 + milliseconds
  }

  #isHour(bytes: Buffer, start: number): boolean {
    for (let index = 0; index < HOUR_LENGTH; index++) {
      if (this.#hour[index] !== bytes[start + index]) return false
    }
    return true
  }

  #newHour(reader: FieldReader, slot: number): number {
    const timeMs = Date.parse(reader.text(slot))
    if (Number.isNaN(timeMs)) return timeMs
    this.#hourMs = timeMs - (timeMs % 3_600_000)
    reader.bytes.copy(this.#hour, 0, reader.start(slot), reader.start(slot) + HOUR_LENGTH)
    return timeMs
  }
}

function hasForm(bytes: Buffer, start: number): boolean {
  return (
    bytes[start + 16] === COLON &&
    bytes[start + 19] === POINT &&
    bytes[start + 23] === LETTER_Z &&
    [14, 15, 17, 18, 20, 21, 22].every((offset) => isDigit(bytes[start + offset] as number))
  )
}

function twoDigits(bytes: Buffer, start: number): number {
  return ((bytes[start] as number) - ZERO) * 10 + (bytes[start + 1] as number) - ZERO
}
