export interface Token {
  readonly kind: 'word' | 'text' | 'operator' | 'bracket' | 'end'
  /** Of a `text`, what stands between its quotes. */
  readonly text: string
  /** Where it begins, from 0. */
  readonly at: number
}

/** What stands in the way, and where. */
export class WhereError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const OPERATOR = /(?:!=|>=|<=|=|>|<|~)/y
const BRACKET = /[()]/y
/** Whatever is none of the others: names, numbers, values without quotes. */
const WORD = /[^\s()=!<>~"']+/y
const SPACE = /\s*/y

/** The words of a condition, the last one an `end`. @throws WhereError */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = skip(text, 0)
  while (at < text.length) {
    const [token, end] = tokenAt(text, at)
    tokens.push(token)
    at = skip(text, end)
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}

function tokenAt(text: string, at: number): [Token, end: number] {
  const quote = text[at] as string
  if (quote === '"' || quote === "'") return quotedAt(text, at, quote)
  for (const [kind, pattern] of [
    ['operator', OPERATOR],
    ['bracket', BRACKET],
    ['word', WORD],
  ] as const) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found) return [{ kind, text: found, at }, at + found.length]
  }
  throw new WhereError(`\`${text[at]}\` means nothing here`, at)
}

/** A backslash takes what follows it as it is. */
function quotedAt(text: string, start: number, quote: string): [Token, end: number] {
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === quote) return [{ kind: 'text', text: value, at: start }, at + 1]
    if (text[at] === '\\') at += 1
    value += text[at] ?? ''
  }
  throw new WhereError(`the quote ${quote} is not closed`, start)
}

function skip(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.exec(text)
  return SPACE.lastIndex
}
