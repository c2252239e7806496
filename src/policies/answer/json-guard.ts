import { nameAt } from '../../json/name.ts'
import { contentStart, readObject, scanArray, skipValue } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { splice } from '../../json/splice.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import { readBlock } from '../mask/message-texts.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { AnswerSearch } from './answer-search.ts'
import { guardStrings } from './string-guard.ts'
import { ENDED, textBlock, UNREADABLE, withheldMessage, withheldText } from './withheld.ts'

const OPEN_BRACKET = 0x5b
const QUOTE = 0x22

/** Looks through a message that is answered as one JSON object, when all of it is there. */
export class JsonGuard implements AnswerTransform {
  readonly #search: AnswerSearch
  readonly #counts: AnswerCounts
  readonly #chunks: Buffer[] = []

  constructor(search: AnswerSearch, counts: AnswerCounts) {
    this.#search = search
    this.#counts = counts
  }

  push(chunk: Buffer): Buffer {
    this.#chunks.push(chunk)
    return this.#search.isEnforced ? Buffer.alloc(0) : chunk
  }

  end(): Buffer {
    const body = Buffer.concat(this.#chunks.splice(0))
    const guarded = this.#guarded(body)
    // What is only counted has gone out by now.
    return this.#search.isEnforced ? guarded : Buffer.alloc(0)
  }

  #guarded(body: Buffer): Buffer {
    try {
      return Buffer.concat(splice([body], this.#edits(body)))
    } catch {
      // Its text could repeat what it looked at.
      this.#counts.add(UNREADABLE, this.#search.isEnforced ? 'deny' : 'flag')
      return withheldMessage(UNREADABLE)
    }
  }

  #edits(body: Buffer): Edit[] {
    const content: Edit[] = []
    const endings: Edit[] = []
    let isDenied = false
    readObject(body, contentStart(body), (name, value) => {
      const member = nameAt(body, name)
      if (member === 'content' && body[value] === OPEN_BRACKET) {
        const guarded = this.#guardContent(body, value)
        content.push(...guarded.edits)
        isDenied = guarded.isDenied
        return guarded.end
      }
      const end = skipValue(body, value)
      if ((member === 'stop_reason' || member === 'stop_sequence') && body[value] === QUOTE)
        endings.push({ start: value, end, bytes: ENDED[member] })
      return end
    })
    return [...content, ...(isDenied ? endings : [])].sort((left, right) => left.start - right.start)
  }

  /** From the block that is denied on, all are replaced by one that says so. */
  #guardContent(body: Buffer, start: number): { edits: Edit[]; isDenied: boolean; end: number } {
    const edits: Edit[] = []
    let denied: { at: number; rule: string } | undefined
    const end = scanArray(body, start, (block) => {
      if (denied) return skipValue(body, block)
      const guarded = guardStrings(this.#search, this.#counts, body, block, readBlock)
      if (guarded.denial === undefined) edits.push(...guarded.edits)
      else denied = { at: block, rule: guarded.denial }
      return guarded.end
    })
    if (denied) {
      const bytes = Buffer.from(textBlock(withheldText(denied.rule)))
      edits.push({ start: denied.at, end: end - 1, bytes })
    }
    return { edits, isDenied: denied !== undefined, end }
  }
}
