import { reasonOf } from '../../base/errors.ts'
import type { TextValues } from '../../config/text-template.ts'
import { frozenValues, knownValues } from './session-file.ts'

export interface SessionValuesOptions {
  /** Where those of each session are kept. */
  readonly directory: string
  /** Whether nothing is added there, as for a request that is not sent. */
  readonly isReadOnly?: boolean
  readonly now: () => TextValues
  readonly onTrouble: (reason: string) => void
}

const KNOWN_LIMIT = 10_000

/** What texts name, frozen for each session, so that they stay the same while it goes on. */
export class SessionValues {
  readonly #options: SessionValuesOptions
  readonly #known = new Map<string, TextValues>()
  #isTold = false

  constructor(options: SessionValuesOptions) {
    this.#options = options
  }

  /** @param session undefined where a client names none: such requests share the values of the first of them */
  of(session: string | undefined): TextValues {
    const key = session ?? ''
    const known = this.#known.get(key)
    if (known) return known
    if (this.#known.size === KNOWN_LIMIT) this.#known.clear()
    const values = session ? this.#frozen(session) : this.#options.now()
    this.#known.set(key, values)
    return values
  }

  /** A text that may change when the session is resumed is better than no request. */
  #frozen(session: string): TextValues {
    const { directory, isReadOnly, now, onTrouble } = this.#options
    try {
      if (isReadOnly) return knownValues(directory, session) ?? now()
      return frozenValues(directory, session, now)
    } catch (error) {
      if (!this.#isTold)
        onTrouble(`what texts of policies.decorators name cannot be kept: ${reasonOf(error)}`)
      this.#isTold = true
      return now()
    }
  }
}
