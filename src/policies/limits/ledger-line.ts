import { KIND } from '../../json/field-kind.ts'
import { FieldReader } from '../../json/field-reader.ts'
import type { Purchase } from '../../usage/pricing.ts'
import { TimeReader } from '../../usage/time-reader.ts'
import type { Use } from './account.ts'
import type { Amounts } from './amounts.ts'

/** What is bought in USD; undefined where there is no price. */
export type PriceOf = (purchase: Purchase) => number | undefined

/** By which prices sums are made. */
export interface LimitPrices {
  readonly of: PriceOf
  /** The same for the same prices, in hexadecimal digits. */
  readonly digest: string
}

/** A line of the ledger, as far as limits need it. */
export interface LedgerUse extends Use {
  readonly endMs: number
  readonly runId: string
  /** Whether the amounts are those of the answer; otherwise what they are is not known. */
  readonly isKnown: boolean
}

const WANTED = {
  v: true,
  ts: true,
  run_id: true,
  session_id: true,
  profile: true,
  user: true,
  tags: { project: true },
  path: true,
  model: true,
  response_model: true,
  status: true,
  outcome: true,
  usage: {
    input_tokens: true,
    output_tokens: true,
    cache_creation_input_tokens: true,
    prompt_tokens: true,
    prompt_tokens_details: { cached_tokens: true },
    completion_tokens: true,
  },
  cost_usd: true,
  duration_ms: true,
} as const

const REFUSED = Buffer.from('refused')
const ABORTED = Buffer.from('client_aborted')
const MESSAGE = /^[^?]*\/v1\/messages\/?$/
const COUNTING = /\/count_tokens\/?$/
/** No exchange has more of anything, and it would spoil every sum it went into. */
const LARGEST = 1e12

/** Whether a request is one that limits are for: it asks a model for an answer. */
export function isLimited(path: string, model: string | undefined): boolean {
  return MESSAGE.test(path) || (model !== undefined && !COUNTING.test(path))
}

/** Reads the lines of a ledger, one after the other, without making values of what is not asked for. */
export class LedgerLine {
  readonly prices: LimitPrices
  readonly #reader = new FieldReader(WANTED)
  readonly #slots = namedSlots(this.#reader)
  readonly #time = new TimeReader()
  /** The last text of each slot: mostly it is that of the next line as well. */
  readonly #texts: ({ readonly bytes: Buffer; readonly text: string } | undefined)[] = []

  constructor(prices: LimitPrices) {
    this.prices = prices
  }

  /**
   * What one used; undefined where the line is torn or foreign, or nothing was asked of a model.
   * @param end where its newline is, or would be
   * @param sinceMs an exchange that ended before is given as undefined too
   */
  read(bytes: Buffer, start: number, end: number, sinceMs = Number.NEGATIVE_INFINITY): LedgerUse | undefined {
    const { v, path, model, outcome, session, runId, profile, project, user } = this.#slots
    if (!this.#reader.read(bytes, start, end) || this.#number(v) !== 1) return undefined
    const { startMs, endMs } = this.#times()
    const asked = this.#text(model)
    if (!(endMs >= sinceMs) || !isLimited(this.#text(path) ?? '', asked)) return undefined
    if (this.#reader.isText(outcome, REFUSED)) return undefined
    return {
      subject: {
        profile: this.#text(profile),
        model: asked,
        project: this.#text(project),
        session: this.#text(session),
        user: this.#text(user),
      },
      startMs,
      endMs,
      runId: this.#text(runId) ?? '',
      ...this.#used(startMs),
    }
  }

  /** When the line that was read last says that it ended; NaN where it says nothing. */
  get endMs(): number {
    return this.#times().endMs
  }

  #times(): { readonly startMs: number; readonly endMs: number } {
    const { ts, duration } = this.#slots
    const isTime = this.#reader.kind(ts) === KIND.string
    const startMs = isTime ? this.#time.read(this.#reader, ts) : Number.NaN
    return { startMs, endMs: startMs + (this.#number(duration) ?? 0) }
  }

  /** Where the client left before the answer, the upstream may have gone on. */
  #used(startMs: number): { readonly amounts: Amounts; readonly isKnown: boolean } {
    const { status, outcome, usage, cost, input, cacheWrite, prompt, cached, output, completion } =
      this.#slots
    const isSent = this.#number(status) !== undefined
    const isLeft = this.#reader.isText(outcome, ABORTED)
    const count = (slot: number) => this.#number(slot) ?? 0
    const amounts = {
      requests: isSent || isLeft ? 1 : 0,
      // In the form of OpenAI the prompt includes what was read from the cache.
      inputTokens: count(input) + count(cacheWrite) + Math.max(0, count(prompt) - count(cached)),
      outputTokens: count(output) + count(completion),
      usd: this.#number(cost) ?? this.#leastCost(startMs) ?? 0,
    }
    return { amounts, isKnown: this.#reader.kind(usage) !== KIND.null && !(isLeft && !isSent) }
  }

  /** The cost of an answer that broke off is not known, but what came of it was bought. */
  #leastCost(atMs: number): number | undefined {
    const { usage, responseModel, model } = this.#slots
    if (this.#reader.kind(usage) !== KIND.object) return undefined
    const text = this.#reader.bytes.toString('utf8', this.#reader.start(usage), this.#reader.end(usage))
    const bought = this.#text(responseModel) ?? this.#text(model)
    return this.prices.of({ model: bought, usage: JSON.parse(text), atMs })
  }

  #text(slot: number): string | undefined {
    if (this.#reader.kind(slot) !== KIND.string) return undefined
    const last = this.#texts[slot]
    if (last && this.#reader.isText(slot, last.bytes)) return last.text
    const text = this.#reader.text(slot)
    this.#texts[slot] = this.#reader.hasEscape(slot) ? undefined : { bytes: Buffer.from(text), text }
    return text
  }

  #number(slot: number): number | undefined {
    if (this.#reader.kind(slot) !== KIND.number) return undefined
    const number = this.#reader.number(slot)
    return number >= 0 && number <= LARGEST ? number : undefined
  }
}

function namedSlots({ slots }: FieldReader) {
  const slot = (path: string) => slots.get(path) ?? -1
  return {
    v: slot('v'),
    ts: slot('ts'),
    runId: slot('run_id'),
    session: slot('session_id'),
    profile: slot('profile'),
    user: slot('user'),
    project: slot('tags.project'),
    path: slot('path'),
    model: slot('model'),
    responseModel: slot('response_model'),
    status: slot('status'),
    outcome: slot('outcome'),
    usage: slot('usage'),
    input: slot('usage.input_tokens'),
    output: slot('usage.output_tokens'),
    cacheWrite: slot('usage.cache_creation_input_tokens'),
    prompt: slot('usage.prompt_tokens'),
    cached: slot('usage.prompt_tokens_details.cached_tokens'),
    completion: slot('usage.completion_tokens'),
    cost: slot('cost_usd'),
    duration: slot('duration_ms'),
  }
}
