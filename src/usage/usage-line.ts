import { KIND } from '../json/field-kind.ts'
import { FieldReader } from '../json/field-reader.ts'
import { COUNTER, COUNTER_COUNT } from './counters.ts'
import { DIMENSION_PATHS } from './dimensions.ts'
import { TimeReader } from './time-reader.ts'

/** What the exchange of a line costs: USD, null where that is not known, undefined where nothing was bought. */
export type PriceLine = (line: string) => number | null | undefined

/** The same fields with the same meaning stand in the ledger and in the traffic log. */
const WANTED = {
  v: true,
  ts: true,
  session_id: true,
  agent_id: true,
  profile: true,
  user: true,
  tags: { project: true, cost_center: true, branch: true, repository: true },
  model: true,
  response_model: true,
  status: true,
  outcome: true,
  answered_by: true,
  attempts: true,
  retries: true,
  usage: {
    input_tokens: true,
    output_tokens: true,
    cache_read_input_tokens: true,
    cache_creation_input_tokens: true,
    prompt_tokens: true,
    prompt_tokens_details: { cached_tokens: true },
    completion_tokens: true,
  },
  cost_usd: true,
  ttft_ms: true,
  duration_ms: true,
  ms_per_token: true,
  credential: { source: true },
} as const

const TEXTS = ['answered_by', ...Object.values(DIMENSION_PATHS).filter((path) => path !== 'status')]
const COUNTS = [
  'retries',
  'usage.input_tokens',
  'usage.output_tokens',
  'usage.cache_read_input_tokens',
  'usage.cache_creation_input_tokens',
  'usage.prompt_tokens',
  'usage.prompt_tokens_details.cached_tokens',
  'usage.completion_tokens',
]
const MEASURES = ['status', 'cost_usd', 'ttft_ms', 'duration_ms', 'ms_per_token']

const NANO = 1e9
const US_PER_MS = 1000
/** No exchange has more of anything, and it would spoil every sum it went into. */
const LARGEST = 1e12

const OK = Buffer.from('ok')
const UPSTREAM = Buffer.from('upstream')

/** Reads, line by line, what is added up. */
export class UsageLine {
  /** What this exchange adds to each counter. */
  readonly counters = new Float64Array(COUNTER_COUNT)
  /** When it began, Unix milliseconds. */
  atMs = 0
  ttftMs: number | undefined
  /** Whether the line is of a version to come. */
  isNewer = false
  readonly reader = new FieldReader(WANTED)
  /** Where each dimension stands in the reader. */
  readonly dimensionSlots = slotsOf(this.reader, Object.values(DIMENSION_PATHS))
  readonly #textSlots = slotsOf(this.reader, TEXTS)
  readonly #countSlots = slotsOf(this.reader, COUNTS)
  readonly #measureSlots = slotsOf(this.reader, MEASURES)
  readonly #slots = namedSlots(this.reader)
  readonly #time = new TimeReader()
  readonly #priceLine: PriceLine | undefined

  /** @param priceLine gives the cost in place of what the line says */
  constructor(priceLine?: PriceLine) {
    this.#priceLine = priceLine
  }

  /** @returns whether this is a line of ours, in a version that we know */
  read(bytes: Buffer, start: number, end: number): boolean {
    const { v, ts, ttft, outcome } = this.#slots
    const isObject = this.reader.read(bytes, start, end)
    this.isNewer = isObject && Number.isInteger(this.#number(v)) && this.#number(v) > 1
    if (!isObject || !this.#isOurs()) return false
    this.atMs = this.#time.read(this.reader, ts)
    if (Number.isNaN(this.atMs)) return false
    this.ttftMs = this.#has(ttft) ? this.#number(ttft) : undefined
    this.counters.fill(0)
    this.#set(COUNTER.requests, 1)
    this.#set(COUNTER.errors, this.reader.isText(outcome, OK) ? 0 : 1)
    this.#set(COUNTER.retries, this.#retries())
    this.#countTokens()
    this.#countCost(this.#priceLine ? this.#priceLine(bytes.toString('utf8', start, end)) : this.#ownCost())
    this.#countTime()
    return true
  }

  #isOurs(): boolean {
    const { reader } = this
    const { v, ts, outcome, usage } = this.#slots
    if (this.#number(v) !== 1) return false
    if (reader.kind(ts) !== KIND.string || reader.kind(outcome) !== KIND.string) return false
    if (this.#has(usage) && reader.kind(usage) !== KIND.object) return false
    for (const slot of this.#textSlots) if (this.#has(slot) && reader.kind(slot) !== KIND.string) return false
    for (const slot of this.#measureSlots) if (!this.#isFine(slot)) return false
    for (const slot of this.#countSlots) {
      if (!this.#isFine(slot) || !Number.isInteger(this.#number(slot))) return false
    }
    return true
  }

  #isFine(slot: number): boolean {
    if (!this.#has(slot)) return true
    const number = this.#number(slot)
    return this.reader.kind(slot) === KIND.number && number >= 0 && number <= LARGEST
  }

  /** A record lists the attempts: those before the answer, or where there was none, all of them. */
  #retries(): number {
    const { retries, attempts, answeredBy } = this.#slots
    if (this.reader.kind(attempts) !== KIND.array) return this.#number(retries)
    const count = this.reader.size(attempts)
    return Math.max(0, this.reader.isText(answeredBy, UPSTREAM) ? count : count - 1)
  }

  /** Where a usage has the counters of both APIs they are the same tokens, and as for prices Anthropic's count. */
  #countTokens(): void {
    const { usage, input, output, cacheRead, cacheWrite } = this.#slots
    const isAnthropic = this.#has(input) || this.#has(output) || this.#has(cacheRead) || this.#has(cacheWrite)
    if (!isAnthropic) this.#countOpenaiTokens()
    else {
      this.#set(COUNTER.input, this.#number(input))
      this.#set(COUNTER.output, this.#number(output))
      this.#set(COUNTER.cacheRead, this.#number(cacheRead))
      this.#set(COUNTER.cacheWrite, this.#number(cacheWrite))
    }
    this.#set(COUNTER.unknownUsage, this.reader.kind(usage) === KIND.null ? 1 : 0)
  }

  /** Here the prompt's count includes what was read from the cache. */
  #countOpenaiTokens(): void {
    const { prompt, cached, completion } = this.#slots
    const promptTokens = this.#number(prompt)
    const cachedTokens = Math.min(promptTokens, this.#number(cached))
    this.#set(COUNTER.input, promptTokens - cachedTokens)
    this.#set(COUNTER.output, this.#number(completion))
    this.#set(COUNTER.cacheRead, cachedTokens)
  }

  /** Lines from before there were prices have tokens, and no cost. */
  #ownCost(): number | null | undefined {
    const { cost, usage } = this.#slots
    if (this.reader.kind(cost) === KIND.number) return this.reader.number(cost)
    return this.reader.kind(cost) === KIND.null || this.reader.kind(usage) !== KIND.absent ? null : undefined
  }

  #countCost(usd: number | null | undefined): void {
    if (usd === undefined) return
    this.#set(usd === null ? COUNTER.unknownCost : COUNTER.knownCost, 1)
    this.#set(COUNTER.costNanoUsd, Math.round((usd ?? 0) * NANO))
  }

  #countTime(): void {
    const { msPerToken, duration } = this.#slots
    const output = this.counters[COUNTER.output] as number
    if (!this.#has(msPerToken) || output === 0) return
    const durationMs = this.#number(duration)
    this.#set(COUNTER.timedOutput, output)
    this.#set(COUNTER.timedUs, Math.round(durationMs * US_PER_MS))
    if (this.ttftMs === undefined || this.ttftMs >= durationMs) return
    this.#set(COUNTER.streamedOutput, output)
    this.#set(COUNTER.streamedUs, Math.round((durationMs - this.ttftMs) * US_PER_MS))
  }

  #set(counter: number, value: number): void {
    this.counters[counter] = value
  }

  #has(slot: number): boolean {
    const kind = this.reader.kind(slot)
    return kind !== KIND.absent && kind !== KIND.null
  }

  #number(slot: number): number {
    return this.reader.kind(slot) === KIND.number ? this.reader.number(slot) : 0
  }
}

function namedSlots(reader: FieldReader) {
  const slot = (path: string) => reader.slots.get(path) ?? -1
  return {
    v: slot('v'),
    ts: slot('ts'),
    outcome: slot('outcome'),
    answeredBy: slot('answered_by'),
    attempts: slot('attempts'),
    retries: slot('retries'),
    usage: slot('usage'),
    input: slot('usage.input_tokens'),
    output: slot('usage.output_tokens'),
    cacheRead: slot('usage.cache_read_input_tokens'),
    cacheWrite: slot('usage.cache_creation_input_tokens'),
    prompt: slot('usage.prompt_tokens'),
    cached: slot('usage.prompt_tokens_details.cached_tokens'),
    completion: slot('usage.completion_tokens'),
    cost: slot('cost_usd'),
    ttft: slot('ttft_ms'),
    duration: slot('duration_ms'),
    msPerToken: slot('ms_per_token'),
  }
}

function slotsOf(reader: FieldReader, paths: readonly string[]): Uint8Array {
  return new Uint8Array(paths.map((path) => reader.slots.get(path) ?? -1))
}
