import type { Edge } from './pattern-edge.ts'
import { EDGES, LINE_EDGES } from './pattern-edge.ts'
import type { ByteSet, Pattern } from './pattern-tree.ts'
import { canBeEmpty, sizeOf } from './pattern-tree.ts'

const MAX_REPEATS = 1000
/** So many bytes a text can have at most for each of which an automaton needs a state. */
const MAX_SIZE = 2000

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /\d/,
  D: /\D/,
  w: /\w/,
  W: /\W/,
  s: /[ \t\n\r\f\v]/,
  S: /[^ \t\n\r\f\v]/,
}
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
const SPECIAL = new Set('\\.[]()|*+?{}^$')

/**
 * Reads a pattern: the part of regular expressions that can be searched for in one pass, whatever the text is. There are
 * characters, `.`, classes such as `[a-z]`, `\d`, `\w` and `\s`, groups, `|`, `*`, `+`, `?` and `{n,m}`; `(?i)` before all of
 * it ignores letter case. There is nothing that looks further around or back: `(?=…)`, `\1`.
 * @param hasEdges whether there are `\b`, `\B`, `^` and `$`, too, and `(?m)` before all of it, which makes these the ends of lines
 * @throws SyntaxError which says what is wrong
 */
export function parsePattern(text: string, { hasEdges = false } = {}): Pattern {
  const [head = '', flags = ''] = (hasEdges ? /^\(\?([im]{1,2})\)/ : /^\(\?(i)\)/).exec(text) ?? []
  const edges = flags.includes('m') ? { ...EDGES, ...LINE_EDGES } : EDGES
  const reader = new Reader(text.slice(head.length), flags.includes('i'), hasEdges ? edges : {})
  const pattern = reader.alternatives()
  if (reader.next !== undefined) throw new SyntaxError(`\`${reader.next}\` closes nothing`)
  if (canBeEmpty(pattern)) throw new SyntaxError('it matches nothing at all, everywhere')
  if (sizeOf(pattern) > MAX_SIZE)
    throw new SyntaxError(`it can be longer than ${MAX_SIZE} bytes with its repeats`)
  return pattern
}

class Reader {
  readonly #characters: readonly string[]
  readonly #isFolding: boolean
  readonly #edges: Readonly<Record<string, Edge>>
  #at = 0

  constructor(text: string, isFolding: boolean, edges: Readonly<Record<string, Edge>>) {
    this.#characters = [...text]
    this.#isFolding = isFolding
    this.#edges = edges
  }

  get next(): string | undefined {
    return this.#characters[this.#at]
  }

  alternatives(): Pattern {
    const parts = [this.#sequence()]
    while (this.#accept('|')) parts.push(this.#sequence())
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'one', parts }
  }

  #sequence(): Pattern {
    const parts: Pattern[] = []
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') parts.push(this.#repeated())
    return { kind: 'all', parts }
  }

  #repeated(): Pattern {
    const part = this.#atom()
    const [min, max] = this.#bounds() ?? []
    if (min === undefined || max === undefined) return part
    if (max < min) throw new SyntaxError(`{${min},${max}} ends before it begins`)
    if (this.#bounds())
      throw new SyntaxError('one repeat follows on another; the longest match counts always')
    return { kind: 'repeat', part, min, max }
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#accept('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#accept('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#accept('?')) return [0, 1]
    if (!this.#accept('{')) return undefined
    const [, min = '', comma, max = ''] = /^(\d{1,4})(,?)(\d{0,4})$/.exec(this.#until('}')) ?? []
    const least = Number(min)
    const most = comma ? (max ? Number(max) : Number.POSITIVE_INFINITY) : least
    if (min === '' || least > MAX_REPEATS || (most !== Number.POSITIVE_INFINITY && most > MAX_REPEATS))
      throw new SyntaxError(`a repeat is {n}, {n,} or {n,m} with numbers up to ${MAX_REPEATS}`)
    return [least, most]
  }

  #atom(): Pattern {
    const character = this.#take()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return byte(this.#class())
      case '.':
        return byte(setOf((code) => code !== 0x0a))
      case '\\':
        return this.#escaped()
      default:
        if (this.#edges[character]) return { kind: 'edge', holds: this.#edges[character] }
        if (SPECIAL.has(character) && character !== ']' && character !== '}')
          throw new SyntaxError(`\`${character}\` cannot stand here; as a character it is \`\\${character}\``)
        return this.#literal(character)
    }
  }

  #group(): Pattern {
    if (this.#accept('?') && !this.#accept(':'))
      throw new SyntaxError(
        'of the groups that begin with `(?` there are only `(?:…)`, and `(?i)` before all',
      )
    const inner = this.alternatives()
    if (!this.#accept(')')) throw new SyntaxError('`(` is not closed')
    return inner
  }

  #escaped(): Pattern {
    const character = this.#take()
    const holds = this.#edges[`\\${character}`]
    if (holds) return { kind: 'edge', holds }
    const shorthand = CLASSES[character]
    if (shorthand) return byte(setOf((code) => shorthand.test(String.fromCharCode(code))))
    return this.#literal(escapedCharacter(character))
  }

  #literal(character: string): Pattern {
    const parts = [...Buffer.from(character)].map((code) =>
      byte(this.#folded(setOf((other) => other === code))),
    )
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'all', parts }
  }

  #class(): ByteSet {
    const isNegated = this.#accept('^')
    const set: boolean[] = Array(256).fill(false)
    let isFirst = true
    while (isFirst || this.next !== ']') {
      isFirst = false
      const start = this.#classItem(set)
      if (start === undefined || this.next !== '-' || this.#characters[this.#at + 1] === ']') continue
      this.#take()
      const end = this.#classItem(set)
      if (end === undefined || end < start) throw new SyntaxError('a range in `[…]` ends before it begins')
      set.fill(true, start, end + 1)
    }
    this.#take()
    const folded = this.#folded(set)
    return isNegated ? folded.map((isIn) => !isIn) : folded
  }

  /** @returns the code of a single character */
  #classItem(set: boolean[]): number | undefined {
    const character = this.#take()
    const escaped = character === '\\' ? this.#take() : undefined
    const shorthand = escaped === undefined ? undefined : CLASSES[escaped]
    if (shorthand) {
      for (let code = 0; code < 256; code++) if (shorthand.test(String.fromCharCode(code))) set[code] = true
      return undefined
    }
    const code = (escaped === undefined ? character : escapedCharacter(escaped)).codePointAt(0) ?? 0
    if (code > 0x7f) throw new SyntaxError('`[…]` takes ASCII only; use `(ä|ö)` for other letters')
    set[code] = true
    return code
  }

  #folded(set: ByteSet): ByteSet {
    if (!this.#isFolding) return set
    return setOf((code) => [set[code], set[otherCase(code)]].includes(true))
  }

  #until(end: string): string {
    let text = ''
    while (!this.#accept(end)) text += this.#take()
    return text
  }

  #accept(character: string): boolean {
    if (this.next !== character) return false
    this.#at += 1
    return true
  }

  #take(): string {
    const character = this.next
    if (character === undefined) throw new SyntaxError('it breaks off')
    this.#at += 1
    return character
  }
}

function escapedCharacter(character: string): string {
  const control = CONTROLS[character]
  if (control !== undefined) return control
  if (/[\p{L}\p{N}]/u.test(character)) throw new SyntaxError(`there is no \`\\${character}\``)
  return character
}

function byte(set: ByteSet): Pattern {
  return { kind: 'byte', set }
}

function setOf(has: (code: number) => boolean): ByteSet {
  return Array.from({ length: 256 }, (_, code) => has(code))
}

function otherCase(code: number): number {
  return /[A-Za-z]/.test(String.fromCharCode(code)) ? code ^ 0x20 : code
}
