import type { Span } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { splice } from '../../json/splice.ts'
import { stringBytes, stringText } from '../../json/string-text.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import type { Denial, Replacement } from './text-scan.ts'
import { TextScan } from './text-scan.ts'

/** An event, and the piece of the text of its block that it brings. */
interface Piece {
  readonly event: Buffer
  /** Where the piece stands in the event, between quotes; undefined where it has none. */
  readonly span: Span | undefined
  readonly text: string
  /** Where it stands in the text of the block, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** What may go out now. */
export interface Settled {
  readonly events: readonly Buffer[]
  readonly denial?: Denial
}

/**
 * The text of a block, of which the events wait in which a value may stand that is not whole yet. They go out as they
 * came, unless there is a value in them; and one that holds more than may wait goes out in two.
 */
export class HeldText {
  readonly #scan: TextScan
  readonly #maxBytes: number
  #pieces: Piece[] = []
  #replacements: Replacement[] = []
  #length = 0
  /** How many of the pieces are views. */
  #fresh = 0
  #hasSpoken: boolean

  /** @param beginning what of the text is with the client */
  constructor(search: AnswerSearch, counts: AnswerCounts, beginning = '') {
    this.#scan = new TextScan(search, counts)
    this.#maxBytes = search.maxMatchBytes
    this.#hasSpoken = /\S/.test(beginning)
  }

  /** Whether there was something to see in what went out. */
  get hasSpoken(): boolean {
    return this.#hasSpoken
  }

  /** @param event a view; what waits of it when it was settled is copied then */
  add(event: Buffer, span?: Span): void {
    const text = span ? stringText(quoted(event, span)).text : ''
    this.#scan.push(text)
    const start = this.#length
    this.#length += text.length
    this.#pieces.push({ event, span, text, start, end: this.#length })
    this.#fresh += 1
  }

  /** @param isWhole whether the block ends, so that nothing more is waited for */
  settle(isWhole: boolean): Settled {
    const { end, replacements, denial } = this.#scan.decide(isWhole)
    this.#replacements.push(...replacements)
    const events = this.#release(end, denial !== undefined)
    if (denial) return { events, denial }
    if (Buffer.byteLength(this.#heldText()) > this.#maxBytes) events.push(...this.#split(end))
    this.#copyFresh()
    return { events }
  }

  #copyFresh(): void {
    const from = Math.max(0, this.#pieces.length - this.#fresh)
    for (const [index, piece] of this.#pieces.entries())
      if (index >= from) this.#pieces[index] = { ...piece, event: Buffer.from(piece.event) }
    this.#fresh = 0
  }

  /** Lets out what ends at or before `limit`; where that is the end of all, the beginning of the next one too. */
  #release(limit: number, isLast: boolean): Buffer[] {
    const events: Buffer[] = []
    for (let piece = this.#pieces[0]; piece && piece.end <= limit; piece = this.#pieces[0]) {
      events.push(...this.#written(piece))
      this.#pieces.shift()
    }
    if (isLast) {
      events.push(...this.#split(limit))
      this.#pieces = []
    }
    return events
  }

  /** The first event with its text up to `at`; what is behind that stays. */
  #split(at: number): Buffer[] {
    const [first, ...rest] = this.#pieces
    if (!first?.span || at <= first.start) return []
    const cut = { ...first, end: at }
    const events = this.#written(cut)
    const { start, text } = first
    const [own] = stringText(quoted(first.event, first.span)).spansOf([
      { start: at - start, end: text.length },
    ])
    const later = without(first.event, first.span, { start: 1, end: own?.start ?? 1 })
    const span = { start: first.span.start, end: first.span.end - ((own?.start ?? 1) - 1) }
    this.#pieces = [{ event: later, span, text: text.slice(at - start), start: at, end: first.end }, ...rest]
    return events
  }

  /** A piece as it goes out, up to its end; nothing, if nothing is left of it. */
  #written(piece: Piece): Buffer[] {
    const { event, span, text, start, end } = piece
    const changes = this.#replacements.filter((change) => change.start < end && change.end > start)
    this.#replacements = this.#replacements.filter((change) => change.end > end)
    this.#hasSpoken ||= /\S/.test(text.slice(0, end - start))
    const isCut = end - start < text.length
    if (!span || (changes.length === 0 && !isCut)) return [event]
    const ranges = changes.map((change) => ({
      start: Math.max(change.start, start) - start,
      end: Math.min(change.end, end) - start,
      text: change.start >= start ? change.text : '',
    }))
    if (isCut) ranges.push({ start: end - start, end: text.length, text: '' })
    return isNothing(text, ranges) ? [] : [rewritten(event, span, ranges)]
  }

  #heldText(): string {
    return this.#pieces.map(({ text }) => text).join('')
  }
}

function isNothing(text: string, ranges: readonly Replacement[]): boolean {
  const left = ranges.reduce(
    (length, range) => length - (range.end - range.start) + range.text.length,
    text.length,
  )
  return left === 0
}

/** An event with other text for ranges of its own. */
function rewritten(event: Buffer, span: Span, ranges: readonly Replacement[]): Buffer {
  const spans = stringText(quoted(event, span)).spansOf(ranges)
  const edits: Edit[] = ranges.map(({ text }, index) => {
    const { start, end } = spans[index] ?? { start: 1, end: 1 }
    const before = span.start - 1
    return { start: before + start, end: before + end, bytes: stringBytes(text) }
  })
  return Buffer.concat(splice([event], edits))
}

/** @param cut relative to the opening quote */
function without(event: Buffer, { start }: Span, cut: Span): Buffer {
  const before = start - 1
  const edit = { start: before + cut.start, end: before + cut.end, bytes: Buffer.alloc(0) }
  return Buffer.concat(splice([event], [edit]))
}

function quoted(event: Buffer, { start, end }: Span): Buffer {
  return event.subarray(start - 1, end + 1)
}
