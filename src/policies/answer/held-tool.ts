import type { Span } from '../../json/scanner.ts'
import { contentStart, scanStrings } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { splice } from '../../json/splice.ts'
import { stringBytes, stringText } from '../../json/string-text.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { guardStrings, guardText } from './string-guard.ts'

interface HeldEvent {
  readonly event: Buffer
  /** Where it has a piece of the input. */
  readonly input: Span | undefined
}

/** What becomes of a call. */
export interface SettledTool {
  readonly events: readonly Buffer[]
  /** The rule by which it is withheld. */
  readonly denial?: string
}

/** More than a model can write in one answer. */
const MAX_BYTES = 16 * 1024 ** 2

/**
 * The call of a tool, of which nothing goes out until its end: Claude Code runs a call whose block is closed whatever
 * is said behind it, and asks again, which costs, if its input is cut (measured with 2.1.197 and later).
 */
export class HeldTool {
  readonly block: number | undefined
  readonly #search: AnswerSearch
  readonly #counts: AnswerCounts
  readonly #events: HeldEvent[] = []
  #input = ''
  #bytes = 0

  /** @param block its number, where it has one */
  constructor(search: AnswerSearch, counts: AnswerCounts, block?: number) {
    this.#search = search
    this.#counts = counts
    this.block = block
  }

  /** @throws RangeError where it is too long to be held */
  add(event: Buffer, input?: Span): void {
    this.#bytes += event.length
    if (this.#bytes > MAX_BYTES) throw new RangeError('the input of a tool is too long')
    this.#events.push({ event: Buffer.from(event), input })
    if (input) this.#input += stringText(event.subarray(input.start - 1, input.end + 1)).text
  }

  /** To be asked once, when all of it is there. */
  settle(): SettledTool {
    const { text, denial } = this.#guarded()
    if (denial !== undefined) return { events: [], denial }
    if (text === this.#input) return { events: this.#events.map(({ event }) => event) }
    return { events: this.#rewritten(text) }
  }

  /** A text that is no JSON is looked through as it is. */
  #guarded(): { readonly text: string; readonly denial?: string } {
    if (!isJson(this.#input)) return guardText(this.#search, this.#counts, this.#input)
    const json = Buffer.from(this.#input)
    const { edits, denial } = guardStrings(this.#search, this.#counts, json, contentStart(json), scanStrings)
    return { text: spliced(json, edits).toString(), ...(denial !== undefined && { denial }) }
  }

  /** The first piece of the input has all of it. */
  #rewritten(text: string): Buffer[] {
    let rest: string | undefined = text
    return this.#events.map(({ event, input }) => {
      if (!input) return event
      const bytes = stringBytes(rest ?? '')
      rest = ''
      return spliced(event, [{ ...input, bytes }])
    })
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function spliced(bytes: Buffer, edits: readonly Edit[]): Buffer {
  return Buffer.concat(splice([bytes], edits))
}
