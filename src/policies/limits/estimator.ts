import type { Use } from './account.ts'
import type { Amounts } from './amounts.ts'
import type { PriceOf } from './ledger-line.ts'
import type { Subject } from './subject.ts'

/** What is known of a request before it is answered. */
export interface AskedRequest {
  readonly subject: Subject
  readonly bodyBytes: number
  readonly maxTokens?: number | undefined
}

const BYTES_PER_TOKEN = 4
/** Of an answer, where nothing is known of those before. */
const USUAL_OUTPUT_TOKENS = 1000
/** How much an answer counts beside all those before it. */
const WEIGHT = 0.3
const MOST_KEPT = 1000

interface Expected {
  readonly amounts: Amounts
  /** False where no answer has told it yet. */
  readonly isLearned: boolean
}

/**
 * Guesses what a request will use up: as much as the last ones of its session with this model, of which most is read
 * from the cache; the first one by its size.
 */
export class Estimator {
  readonly #priceOf: PriceOf
  /** By session and model; those used last are the last ones. */
  readonly #expected = new Map<string, Expected>()

  constructor(priceOf: PriceOf) {
    this.#priceOf = priceOf
  }

  estimate(
    { subject, bodyBytes, maxTokens = Number.POSITIVE_INFINITY }: AskedRequest,
    nowMs: number,
  ): Amounts {
    const { amounts, isLearned = false } = this.#expected.get(keyOf(subject)) ?? {}
    if (amounts && isLearned) return { ...amounts, outputTokens: Math.min(amounts.outputTokens, maxTokens) }
    const inputTokens = Math.ceil(bodyBytes / BYTES_PER_TOKEN)
    const outputTokens = Math.min(USUAL_OUTPUT_TOKENS, maxTokens)
    const usage = { input_tokens: inputTokens, output_tokens: outputTokens }
    const usd = this.#priceOf({ model: subject.model, usage, atMs: nowMs }) ?? 0
    return { requests: 1, inputTokens, outputTokens, usd }
  }

  /** What one that ended without telling is taken to have used. */
  guess(subject: Subject): Amounts | undefined {
    return this.#expected.get(keyOf(subject))?.amounts
  }

  /** What one is estimated to use, as long as nothing is known that is better. */
  expect({ subject, amounts }: Pick<Use, 'subject' | 'amounts'>): void {
    if (!this.#expected.get(keyOf(subject))?.isLearned) this.#keep(subject, { amounts, isLearned: false })
  }

  /** What one has used. An error says nothing of the next answer. */
  learn({ subject, amounts }: Pick<Use, 'subject' | 'amounts'>): void {
    if (amounts.outputTokens === 0) return
    const kept = this.#expected.get(keyOf(subject))
    const before = kept?.isLearned ? kept.amounts : amounts
    const mix = (name: keyof Amounts) => before[name] + (amounts[name] - before[name]) * WEIGHT
    const inputTokens = Math.round(mix('inputTokens'))
    const outputTokens = Math.round(mix('outputTokens'))
    this.#keep(subject, {
      amounts: { requests: 1, inputTokens, outputTokens, usd: mix('usd') },
      isLearned: true,
    })
  }

  #keep(subject: Subject, expected: Expected): void {
    const key = keyOf(subject)
    this.#expected.delete(key)
    this.#expected.set(key, expected)
    if (this.#expected.size > MOST_KEPT) this.#expected.delete(this.#expected.keys().next().value as string)
  }
}

function keyOf({ session, model }: Subject): string {
  return `${session} ${model}`
}
