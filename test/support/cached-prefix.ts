const PLACEHOLDER = /<[A-Z_]+_[\da-f]{8,}>/y

export interface Rewriting {
  /** What was put in, as it stands in the bytes. */
  readonly inserted: readonly string[]
  /** What placeholders stand for. */
  readonly values: readonly string[]
}

/**
 * Where what was sent has the first `n` bytes of the original, for each `n`; what was put in right there is not counted in.
 * @throws Error where anything else was changed
 */
export function sentOffsets(original: Buffer, sent: Buffer, { inserted, values }: Rewriting): number[] {
  const [from, to] = [original.toString('latin1'), sent.toString('latin1')]
  const pieces = inserted.map((piece) => Buffer.from(piece).toString('latin1'))
  const offsets = [0]
  let at = 0
  for (let index = 0; index < from.length || at < to.length; ) {
    const piece = pieces.find((one) => to.startsWith(one, at) && !from.startsWith(one, index))
    if (piece !== undefined) {
      at += piece.length
      continue
    }
    const start = at
    const value = maskedAt(from, index, to, at, values)
    if (value) at = value.end
    else if (from[index] === to[at++]) offsets.push(at)
    else throw new Error(`byte ${index} was changed: …${to.slice(Math.max(0, at - 60), at + 60)}…`)
    // Within a value, nothing of its placeholder is certain.
    if (value) offsets.push(...Array(value.length - 1).fill(start), at)
    index = offsets.length - 1
  }
  return offsets
}

function maskedAt(from: string, index: number, to: string, at: number, values: readonly string[]) {
  PLACEHOLDER.lastIndex = at
  const placeholder = PLACEHOLDER.exec(to)?.[0]
  const value = placeholder && values.find((one) => from.startsWith(one, index))
  return value ? { length: value.length, end: at + placeholder.length } : undefined
}

/** How many bytes two bodies have in common at their beginnings. */
export function commonBytes(a: Buffer, b: Buffer): number {
  let length = 0
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1
  return length
}

/**
 * A request as the API's cache reads it: tools, system prompt and messages, block by block, in this order and without
 * marks; a text alone is a block of text.
 */
export function cacheItems(body: Buffer): string[] {
  const { tools = [], system, messages } = JSON.parse(String(body))
  const ofMessage = ({ role, content }: { role: string; content: unknown }) =>
    blocksOf(content).map((block) => [role, block])
  const items = [...tools, ...blocksOf(system), ...messages.flatMap(ofMessage)]
  return items.map((item) =>
    JSON.stringify(item, (name, value) => (name === 'cache_control' ? undefined : value)),
  )
}

/** How many items two lists have in common at their beginnings. */
export function commonItems(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((item, index) => item !== b[index])
  return different === -1 ? a.length : different
}

/** Marks for the cache, of which the API takes four. */
export function marksIn(body: Buffer): number {
  return String(body).split('"cache_control"').length - 1
}

function blocksOf(content: unknown): object[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as object[])
}
