import { createHmac } from 'node:crypto'

/** Gives the same hex digits for the same value, in every process that has the key. */
export type Digest = (value: string) => string

/** What stands for values in the requests of a machine. */
export interface Placeholder {
  readonly text: string
  readonly bytes: Buffer
}

/** What stands for the values of one request. */
export interface Placeholders {
  of(noun: string, value: string): Placeholder
  /** The values by what stands for them. */
  readonly values: ReadonlyMap<string, string>
}

const HEX_DIGITS = 8
/** Two values that begin alike are told apart by this many more digits. */
const MORE_DIGITS = 4
const KNOWN_LIMIT = 10_000
const LONGEST_KNOWN = 256

/** HMAC-SHA256 (RFC 2104), in hex. */
export function keyedDigest(key: Buffer): Digest {
  return (value) => createHmac('sha256', key).update(value).digest('hex')
}

/**
 * Makes the placeholders of a request, and remembers what it made for others, within limits. Of two values that would
 * have the same one, the one asked for later gets a longer one: the same conversation has to ask in the same order.
 */
export function createPlaceholderMaker(digest: Digest): () => Placeholders {
  const usual = remembered((noun, value) => placeholder(noun, digest(value).slice(0, HEX_DIGITS)))
  return () => {
    const values = new Map<string, string>()
    const of = (noun: string, value: string): Placeholder => {
      let made = usual(noun, value)
      for (let digits = HEX_DIGITS; values.get(made.text) !== value; digits += MORE_DIGITS) {
        if (digits > HEX_DIGITS) made = placeholder(noun, digest(value).slice(0, digits))
        if (!values.has(made.text)) values.set(made.text, value)
      }
      return made
    }
    return { of, values }
  }
}

function placeholder(noun: string, hex: string): Placeholder {
  const text = `<${noun}_${hex}>`
  return { text, bytes: Buffer.from(text) }
}

function remembered(make: (noun: string, value: string) => Placeholder): typeof make {
  const known = new Map<string, Map<string, Placeholder>>()
  let count = 0
  return (noun, value) => {
    if (value.length > LONGEST_KNOWN) return make(noun, value)
    const ofNoun = known.get(noun) ?? new Map<string, Placeholder>()
    const found = ofNoun.get(value)
    if (found) return found
    if (count === KNOWN_LIMIT) known.clear()
    count = (count % KNOWN_LIMIT) + 1
    const made = make(noun, value)
    known.set(noun, ofNoun.set(value, made))
    return made
  }
}
