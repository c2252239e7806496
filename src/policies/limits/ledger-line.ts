import { FieldReader, KIND } from '../../json/field-reader.ts'
import type { Counts } from '../../usage/counts.ts'
import { countsOf, shapeOf } from '../../usage/counts.ts'
import type { Purchase } from '../../usage/pricing.ts'
import { TimeReader } from '../../usage/time-reader.ts'
import type { Use } from './account.ts'
import type { Amounts } from './amounts.ts'
import type { Subject } from './subject.ts'

/** What is bought in USD; undefined where there is no price. */
export type PriceOf = (purchase: Purchase) => number | undefined

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
  usage: true,
  cost_usd: true,
  duration_ms: true,
} as const

const NO_COUNTS: Counts = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 }
const REFUSED = Buffer.from('refused')
const ABORTED = Buffer.from('client_aborted')
const MESSAGE = /^[^?]*\/v1\/messages\/?$/
const COUNTING = /\/count_tokens\/?$/

/** Whether a request is one that limits are for: it asks a model for an answer. */
export function isLimited(path: string, model: string | undefined): boolean {
  return MESSAGE.test(path) || (model !== undefined && !COUNTING.test(path))
}

/** Reads the lines of a ledger, one after the other, without making values of what is not asked for. */
export class LedgerLine {
  readonly #reader = new FieldReader(WANTED)
  readonly #time = new TimeReader()
  readonly #priceOf: PriceOf

  constructor(priceOf: PriceOf) {
    this.#priceOf = priceOf
  }

  /**
   * What one used; undefined where the line is torn or foreign, or nothing was asked of a model.
   * @param end where its newline is, or would be
   */
  read(bytes: Buffer, start: number, end: number): LedgerUse | undefined {
    const reader = this.#reader
    if (!reader.read(bytes, start, end) || this.#number('v') !== 1) return undefined
    const ts = this.#slot('ts')
    const startMs = reader.kind(ts) === KIND.string ? this.#time.read(reader, ts) : Number.NaN
    if (Number.isNaN(startMs) || !isLimited(this.#text('path') ?? '', this.#text('model'))) return undefined
    if (reader.isText(this.#slot('outcome'), REFUSED)) return undefined
    return {
      subject: this.#subject(),
      startMs,
      endMs: startMs + (this.#number('duration_ms') ?? 0),
      runId: this.#text('run_id') ?? '',
      ...this.#used(startMs),
    }
  }

  #subject(): Subject {
    return {
      profile: this.#text('profile'),
      model: this.#text('model'),
      project: this.#text('tags.project'),
      session: this.#text('session_id'),
      user: this.#text('user'),
    }
  }

  /** Where the client left before the answer, the upstream may have gone on. */
  #used(startMs: number): { readonly amounts: Amounts; readonly isKnown: boolean } {
    const isSent = this.#number('status') !== undefined
    const isLeft = this.#reader.isText(this.#slot('outcome'), ABORTED)
    const usageKind = this.#reader.kind(this.#slot('usage'))
    const counts = this.#counts()
    const amounts = {
      requests: isSent || isLeft ? 1 : 0,
      inputTokens: counts.input + counts.cacheWrite5m + counts.cacheWrite1h,
      outputTokens: counts.output,
      usd: this.#number('cost_usd') ?? this.#leastCost(startMs) ?? 0,
    }
    return { amounts, isKnown: usageKind !== KIND.null && !(isLeft && !isSent) }
  }

  #counts(): Counts {
    const usage = this.#usage()
    const shape = usage && shapeOf(usage)
    return shape ? countsOf(usage, shape) : NO_COUNTS
  }

  /** That of an answer that broke off is not known, but what came of it was bought. */
  #leastCost(atMs: number): number | undefined {
    const usage = this.#usage()
    const model = this.#text('response_model') ?? this.#text('model')
    return usage && this.#priceOf({ model, usage, atMs })
  }

  #usage(): Readonly<Record<string, unknown>> | undefined {
    const slot = this.#slot('usage')
    if (this.#reader.kind(slot) !== KIND.object) return undefined
    return JSON.parse(this.#reader.bytes.toString('utf8', this.#reader.start(slot), this.#reader.end(slot)))
  }

  #text(path: string): string | undefined {
    const slot = this.#slot(path)
    return this.#reader.kind(slot) === KIND.string ? this.#reader.text(slot) : undefined
  }

  #number(path: string): number | undefined {
    const slot = this.#slot(path)
    return this.#reader.kind(slot) === KIND.number ? this.#reader.number(slot) : undefined
  }

  #slot(path: string): number {
    return this.#reader.slots.get(path) ?? -1
  }
}
