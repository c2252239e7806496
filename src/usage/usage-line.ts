import { FieldReader, KIND } from '../json/field-reader.ts'
import { COUNTER, COUNTER_COUNT } from './counters.ts'

/** What exchanges can be told apart by, and the field it stands in. */
export const DIMENSION_PATHS = {
  session: 'session_id',
  agent: 'agent_id',
  profile: 'profile',
  user: 'user',
  project: 'tags.project',
  costCenter: 'tags.cost_center',
  branch: 'tags.branch',
  repository: 'tags.repository',
  model: 'model',
  responseModel: 'response_model',
  status: 'status',
  outcome: 'outcome',
  credential: 'credential.source',
} as const

export type Dimension = keyof typeof DIMENSION_PATHS

export const DIMENSIONS = Object.keys(DIMENSION_PATHS) as Dimension[]

/** What a line cost: USD, or null where that is not known. */
export type PriceLine = (line: {
  readonly models: readonly string[]
  readonly usage: Readonly<Record<string, unknown>>
  readonly atMs: number
}) => number | null

/** One field reader for the ledger and for the traffic log: names and meanings are the same. */
const WANTED = {
  v: true,
  ts: true,
  session_id: true,
  agent_id: true,
  profile: true,
  user: true,
  tags: { project: true, cost_center: true, branch: true, repository: true },
  model: true,
  upstream_model: true,
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
    completion_tokens: true,
  },
  cost_usd: true,
  ttft_ms: true,
  duration_ms: true,
  ms_per_token: true,
  credential: { source: true },
} as const

const TEXTS = [...Object.values(DIMENSION_PATHS).filter((path) => path !== 'status'), 'upstream_model']
const NUMBERS = [
  'status',
  'retries',
  ...Object.keys(WANTED.usage).map((name) => `usage.${name}`),
  'cost_usd',
  'ttft_ms',
  'duration_ms',
  'ms_per_token',
]
/** `2026-11-20T14:` */
const HOUR_BYTES = 14
const TIME_BYTES = '2026-11-20T14:03:22.120Z'.length
const ZERO = 0x30
const NANO = 1e9
/** More is no count, cost or duration of one exchange, and would spoil every sum it went into. */
const LARGEST = 1e12

/** Reads what is added up, line by line, into itself. */
export class UsageLine {
  readonly counters = new Float64Array(COUNTER_COUNT)
  /** When the exchange began, Unix milliseconds. */
  atMs = 0
  /** Undefined where the line has none. */
  ttftMs: number | undefined
  readonly #reader = new FieldReader(WANTED)
  readonly #price: PriceLine | undefined
  readonly #slots = slotsOf(this.#reader)
  readonly #textSlots = TEXTS.map((path) => this.#slot(path))
  readonly #numberSlots = NUMBERS.map((path) => this.#slot(path))
  readonly #hour = Buffer.alloc(HOUR_BYTES)
  #hourMs = Number.NaN

  /** @param price tells the cost in place of the line itself */
  constructor(price?: PriceLine) {
    this.#price = price
  }

  /** @returns whether this is a line of ours, in a version that is known */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#reader.read(bytes, start, end) || !this.#isOurs()) return false
    const atMs = this.#readTime()
    if (Number.isNaN(atMs)) return false
    this.atMs = atMs
    this.ttftMs = this.#has(this.#slots.ttft_ms) ? this.#number(this.#slots.ttft_ms) : undefined
    this.#count()
    return true
  }

  /** The reader at the slot of a dimension. */
  get reader(): FieldReader {
    return this.#reader
  }

  #isOurs(): boolean {
    const { v, ts, outcome } = this.#slots
    return (
      this.#has(v) &&
      this.#number(v) === 1 &&
      this.#reader.kind(ts) === KIND.string &&
      this.#reader.kind(outcome) === KIND.string &&
      this.#textSlots.every((slot) => this.#isAbsentOr(KIND.string, slot)) &&
      this.#numberSlots.every((slot) => this.#isAbsentOr(KIND.number, slot) && this.#number(slot) <= LARGEST)
    )
  }
}
