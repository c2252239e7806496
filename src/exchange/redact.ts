/** A text without its secrets, and how many are masked in it. */
export interface Redaction {
  readonly text: string
  readonly count: number
}

/** Stands where a secret stood. */
export const MASK = '[redacted]'

/** Shorter values are placeholders such as `none`; masking those would spoil ordinary words. */
const SHORTEST_SECRET = 6
/** Shorter pieces of base64 occur by chance. */
const SHORTEST_PIECE = 8

/** What credentials look like, for those nobody told us of. */
const SHAPES = new RegExp(
  [
    String.raw`\bsk-ant-[\w-]{8,}`,
    String.raw`\bsk-[\w-]{20,}`,
    String.raw`(?<=\b[Bb](?:earer|asic)\s{1,4})[\w.~+/=-]{16,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bgh[pousr]_[A-Za-z0-9]{36,}`,
    String.raw`\bgithub_pat_\w{22,}`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
    String.raw`\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*`,
  ].join('|'),
  'g',
)

/** Found in every text that holds one of SHAPES, also where it is JSON; far cheaper to look for. */
const HINT = /sk-ant-|\bsk-|\\.sk-|[Bb]earer|[Bb]asic|AKIA|ASIA|gh[pousr]_|_pat_|KEY-----|eyJ/

/**
 * Masks `secrets` in the forms in which they travel (as they are, base64, percent-encoded), then whatever
 * looks like a credential. A JSON object stays one: only the strings in it change. What was masked before counts too.
 */
export function redact(text: string, secrets: readonly string[]): Redaction {
  const forms = secrets.flatMap(formsOf)
  let count = text.includes(MASK) ? text.split(MASK).length - 1 : 0
  if (!forms.some((form) => text.includes(form)) && !HINT.test(text)) return { text, count }
  const countBefore = count
  const mask = () => {
    count += 1
    return MASK
  }
  forms.sort((left, right) => right.length - left.length)
  const masked = mapStrings(text, (value) =>
    forms.reduce((rest, form) => rest.replaceAll(form, mask), value).replace(SHAPES, mask),
  )
  return { text: count === countBefore ? text : masked, count }
}

const knownForms = new Map<string, readonly string[]>()
const KNOWN_LIMIT = 256

/** The forms in which a secret travels; none of a text that is too short to be one. */
export function formsOf(secret: string): readonly string[] {
  const known = knownForms.get(secret)
  if (known) return known
  if (knownForms.size === KNOWN_LIMIT) knownForms.clear()
  const forms = secret.length < SHORTEST_SECRET ? [] : makeForms(secret)
  knownForms.set(secret, forms)
  return forms
}

function makeForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const percent = encodeURIComponent(bytes.toString())
  const forms = new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
  ])
  for (const shift of [0, 1, 2]) {
    const piece = base64Piece(bytes, shift)
    if (piece.length < SHORTEST_PIECE) continue
    forms.add(piece).add(piece.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [...forms]
}

/** The part of the base64 text (RFC 4648) that is the same whatever stands around `bytes`, `shift` bytes in. */
function base64Piece(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  const firstOwn = Math.ceil((shift * 8) / 6)
  const endOwn = Math.floor(((shift + bytes.length) * 8) / 6)
  return text.slice(firstOwn, endOwn)
}

function mapStrings(text: string, change: (value: string) => string): string {
  if (!text.startsWith('{')) return change(text)
  try {
    const end = text.endsWith('\n') ? '\n' : ''
    return JSON.stringify(mapValue(JSON.parse(text), change)) + end
  } catch {
    return change(text)
  }
}

function mapValue(value: unknown, change: (value: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapValue(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), mapValue(item, change)]),
  )
}
