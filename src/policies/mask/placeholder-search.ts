/** A placeholder in a text, and the value it stands for. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly value: string
}

/** Finds the placeholders of one request in texts that a model wrote. */
export interface PlaceholderSearch {
  /** In the order of the text. */
  findAll(text: string): readonly Found[]
  /** Where one begins, from `start` on, that the end of the text cuts off; the length of the text if there is none. */
  openAt(text: string, start: number): number
}

/** Backslashes stand before the signs in Markdown, in JSON and in programs. */
const ESCAPES = String.raw`\\{0,4}`
const BLANKS = String.raw`\s{0,2}`
const SHORTEST_HEX = 8
/** More than the longest noun with all its escapes and blanks, and the signs around it. */
const LONGEST_FRAME = 160

/**
 * A model does not always write a placeholder as it was given it: the letters may be in another case, there may be
 * blanks, and the signs may be escaped (`\<`, `\u003c`, `&lt;`, `\_`).
 * @param values by placeholder; nothing else is ever found
 */
export function createPlaceholderSearch(values: ReadonlyMap<string, string>): PlaceholderSearch {
  const nouns = [...new Set([...values.keys()].map((text) => text.slice(1, text.lastIndexOf('_'))))]
  const longestHex = Math.max(...[...values.keys()].map((text) => text.length - text.lastIndexOf('_') - 2))
  const whole = new RegExp(wholePattern(nouns, longestHex), 'gi')
  const cut = new RegExp(nouns.map((noun) => cutPattern(noun, longestHex)).join('|'), 'iy')
  const lookBack = LONGEST_FRAME + longestHex
  return {
    findAll: (text) => [...text.matchAll(whole)].flatMap((match) => foundAt(match, values)),
    openAt: (text, start) => {
      const from = Math.max(start, text.length - lookBack)
      for (const { index } of text.slice(from).matchAll(/[<\\&]/g)) {
        cut.lastIndex = from + index
        if (cut.test(text)) return from + index
      }
      return text.length
    },
  }
}

function wholePattern(nouns: readonly string[], longestHex: number): string {
  const noun = nouns.map((name) => name.replaceAll('_', `${ESCAPES}_`)).join('|')
  const open = String.raw`(\\{0,4})(<|(?<=\\)u003c|&lt;)`
  const close = String.raw`(\\{0,4})(?:>|(?<=\\)u003e|&gt;)`
  const hex = `([\\da-f]{${SHORTEST_HEX},${longestHex}})`
  return open + ['', `(${noun})`, `${ESCAPES}_`, hex, close].join(BLANKS)
}

/** Matches any beginning of a placeholder of that noun that goes up to the end of the text, and none that is whole. */
function cutPattern(noun: string, longestHex: number): string {
  const name = [...noun].flatMap((letter) => (letter === '_' ? [ESCAPES, letter] : [letter]))
  const hex = `[\\da-f]{0,${longestHex}}`
  const close = alternatives([[ESCAPES], [String.raw`\\{1,4}`, ...'u003'], [...'&gt']])
  const inside = [BLANKS, ...name, BLANKS, ESCAPES, '_', BLANKS, hex, BLANKS, close]
  const opens = [
    [ESCAPES, '<'],
    [String.raw`\\{1,4}`, ...'u003c'],
    [ESCAPES, ...'&lt;'],
  ]
  return alternatives(opens.map((open) => [...open, ...inside]))
}

/** Each row as far as the text goes. */
function alternatives(rows: readonly (readonly string[])[]): string {
  return `(?:${rows.map((row) => row.reduceRight((rest, token) => `${token}(?:$|${rest})`, '$')).join('|')})`
}

function foundAt(match: RegExpExecArray, values: ReadonlyMap<string, string>): Found[] {
  const [whole, before = '', sign = '', noun = '', hex = '', behind = ''] = match
  const name = noun.replaceAll('\\', '').toUpperCase()
  const value = values.get(`<${name}_${hex.toLowerCase()}>`)
  if (value === undefined) return []
  const own = /^u/i.test(sign) ? escapeLength(before) : Math.min(before.length, behind.length)
  return [{ start: match.index + before.length - own, end: match.index + whole.length, value }]
}

/** Of an odd number of backslashes the last one escapes; an even number is one that was itself escaped. */
function escapeLength(backslashes: string): number {
  return backslashes.length % 2 === 1 ? 1 : backslashes.length
}
