import { redactBody } from '../exchange/body-redaction.ts'
import { maskRandomWords } from '../exchange/likely-secret.ts'
import type { Finder } from '../exchange/needles.ts'
import { MASK, redact } from '../exchange/redact.ts'

/** What the wire says is as long as it likes; a line of the log is not. */
const MAX_CHARACTERS = 2_000

/**
 * Makes texts fit for a record. Known secrets stay in them for `redact`, which goes through the whole record; it would
 * not find what is left of one that was masked or cut in part, so there it goes first.
 */
export class RecordText {
  readonly #secrets: readonly string[]
  readonly #patterns: readonly Finder[]

  constructor(secrets: readonly string[], patterns: readonly Finder[] = []) {
    this.#secrets = secrets
    this.#patterns = patterns
  }

  /** The words of an error, which may repeat what is in a body. */
  said(text: string): string {
    return this.brief(this.#withoutPatterns(this.masked(text)))
  }

  /** Without what looks like a secret. */
  masked(text: string): string {
    const mask = (unmasked: string) => maskRandomWords(unmasked, { areIdsPublic: true })
    return mask(text) === text ? text : mask(redact(text, this.#secrets).text)
  }

  /** Not longer than a record bears. */
  brief(text: string): string {
    if (text.length <= MAX_CHARACTERS) return text
    return `${redact(text, this.#secrets).text.slice(0, MAX_CHARACTERS)}…`
  }

  #withoutPatterns(text: string): string {
    if (this.#patterns.length === 0) return text
    try {
      return redactBody(Buffer.from(text), this.#patterns).bytes.toString()
    } catch {
      // It would take too long to look it through.
      return MASK
    }
  }
}
