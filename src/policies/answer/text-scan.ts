import type { Found } from '../detect/detector.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch, BegunValue, RuleGroup } from './answer-search.ts'

/** Other text for a range of a text, in UTF-16 units from its beginning. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** From where on a text is withheld, and by which rule. */
export interface Denial {
  readonly at: number
  readonly rule: string
}

/** What is known of a text so far. */
export interface Decided {
  /** Nothing before it changes any more; behind it a value can begin. */
  readonly end: number
  /** Since the last time, in order and without overlaps, none behind `end`. */
  readonly replacements: readonly Replacement[]
  readonly denial?: Denial
}

/** A value as far as it was not decided before. */
interface Sighted {
  readonly start: number
  readonly end: number
  readonly name: string
  readonly noun: string
  /** Its beginning was dealt with before. */
  readonly isContinued: boolean
}

/** How far back detectors look from a value: to the beginning of a long word, or to the name before a number. */
const LOOK_BACK = 512
const LONGEST_WORD = 4096

/**
 * Looks through a text that comes piece by piece. A value of up to `maxMatchBytes` is waited for, whole; one that is
 * longer is dealt with from where its beginning is known for one.
 */
export class TextScan {
  readonly #search: AnswerSearch
  readonly #counts: AnswerCounts
  /** The end of the text, as far back as detectors look. */
  #text = ''
  /** The last unit before `#text`. */
  #before = ''
  /** Where `#text` begins. */
  #start = 0
  #decided = 0
  /** Where a value began that went on behind what was decided. */
  readonly #cut = new Map<RuleGroup, number>()

  constructor(search: AnswerSearch, counts: AnswerCounts) {
    this.#search = search
    this.#counts = counts
  }

  push(text: string): void {
    this.#text += text
  }

  /** @param isWhole whether nothing follows, so nothing is waited for */
  decide(isWhole: boolean): Decided {
    const { groups } = this.#search
    const begun = new Map(groups.map((group) => [group, group.begun(this.#text)]))
    const earliest = Math.min(this.#text.length, ...[...begun.values()].flat().map(({ start }) => start))
    const from = this.#decided - this.#start
    let to = isWhole ? this.#text.length : Math.max(from, this.#openAt(earliest))
    if (to === from) return { end: this.#decided, replacements: [] }
    let denial: Denial | undefined
    const seen: Found[] = []
    const replacements: Replacement[] = []
    for (const group of groups) {
      const values = this.#valuesOf(group, begun.get(group) ?? [], isWhole)
      seen.push(...values)
      for (const sighted of this.#sightedIn(group, values, from, to)) {
        if (!sighted.isContinued) this.#counts.add(sighted.name, group.action)
        if (group.action === 'mask') replacements.push(this.#replacement(sighted))
        if (group.action !== 'deny') continue
        to = sighted.start
        denial = { at: this.#start + to, rule: sighted.name }
        break
      }
    }
    this.#decided = this.#start + to
    const decided = { end: this.#decided, replacements, ...(denial && { denial }) }
    this.#forget(Math.min(to - LOOK_BACK, earliest), seen)
    return decided
  }

  #openAt(earliest: number): number {
    const from = boundary(this.#text, lastBytes(this.#text, this.#search.maxMatchBytes))
    return Math.max(from, Math.min(earliest, this.#search.openAt(this.#text, from)))
  }

  /** The values in what is kept of the text, and one that the end cuts off, if it surely is one. */
  #valuesOf(group: RuleGroup, begun: readonly BegunValue[], isWhole: boolean): readonly Value[] {
    const sure = begun.find((value) => value.isSure && (!isWhole || this.#isCut(group, value.start)))
    return withBegun(group.find(this.#text, this.#before), sure, this.#text.length)
  }

  #sightedIn(group: RuleGroup, values: readonly Value[], from: number, to: number): Sighted[] {
    const inside = values.filter(({ start, end }) => end > from && start < to)
    const sighted = inside.map(({ start, end, detector: { name, noun } }) => {
      const range = { start: Math.max(start, from), end: Math.min(end, to) }
      return { ...range, name, noun, isContinued: this.#isCut(group, start) }
    })
    const last = inside.at(-1)
    if (last && last.end > to) this.#cut.set(group, this.#start + last.start)
    return sighted
  }

  #isCut(group: RuleGroup, start: number): boolean {
    return this.#cut.get(group) === this.#start + start
  }

  #replacement({ start, end, noun, isContinued }: Sighted): Replacement {
    const text = isContinued ? '' : `[${noun}]`
    return { start: this.#start + start, end: this.#start + end, text }
  }

  /** Cuts where a word begins and no value goes on: a part of either could look like another. */
  #forget(upTo: number, values: readonly Found[]): void {
    const blank = lastBlank(this.#text, upTo)
    const at = blank === -1 && upTo > LONGEST_WORD ? upTo : Math.max(0, blank)
    const cut = values.filter(({ start, end, since = start }) => since < at && at < end)
    if (cut.length > 0) {
      this.#forget(Math.min(...cut.map(({ start, since = start }) => since)), values)
      return
    }
    if (at > 0) this.#before = this.#text.charAt(at - 1)
    this.#text = this.#text.slice(at)
    this.#start += at
  }
}

interface Value extends Found {
  readonly detector: { readonly name: string; readonly noun: string }
}

/** With a value that the end of the text cuts off, which takes in all that begins in it. */
function withBegun(findings: readonly Value[], begun: BegunValue | undefined, end: number): readonly Value[] {
  if (!begun) return findings
  const before = findings.filter((finding) => finding.start < begun.start)
  const isInAnother = before.some((finding) => finding.end > begun.start)
  return isInAnother ? findings : [...before, { start: begun.start, end, detector: begun.detector }]
}

/** Where the last bytes of a text begin, so many or some less. */
function lastBytes(text: string, bytes: number): number {
  let start = Math.max(0, text.length - bytes)
  for (let over = 1; over > 0; ) {
    over = Buffer.byteLength(text.slice(start)) - bytes
    if (over > 0) start += Math.ceil(over / 3)
  }
  return start
}

/** Never between the two units of one character. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at
}

function lastBlank(text: string, before: number): number {
  let at = before - 1
  while (at >= 0 && text.charCodeAt(at) > 0x20) at -= 1
  return at
}
