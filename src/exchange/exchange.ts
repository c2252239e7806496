/**
 * What happened to one request: one line of the traffic log.
 * Names are snake_case as in the API. Times are RFC 3339 UTC, durations milliseconds from the last request
 * byte received, sizes bytes. A field that does not apply is absent; one that could not be known is null,
 * with `<field>_reason` beside it.
 */
export interface ExchangeRecord {
  /** Schema version. */
  readonly v: 1
  /** When the request's head arrived. */
  readonly ts: string
  /** UUIDv7. */
  readonly id: string
  /** One per `run` or `serve`. */
  readonly run_id: string
  /** Claude Code's session, agent and parent agent, from its request headers. */
  readonly session_id?: string
  readonly agent_id?: string
  readonly parent_agent_id?: string
  readonly profile: string
  /** Origin and path prefix of the upstream. */
  readonly upstream: string
  readonly user?: string
  readonly host?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly method: string
  /** As sent upstream below its prefix, without the query and without the gateway's own secret prefix. */
  readonly path: string
  readonly query?: string
  /** The model asked for. */
  readonly model?: string | null
  readonly model_reason?: string
  /** The name that was sent in its place, where an alias applied. */
  readonly upstream_model?: string
  /** The model that answered. */
  readonly response_model?: string
  /** Whether a stream was asked for. */
  readonly stream?: boolean
  /** The upstream's status; absent if none answered. */
  readonly status?: number
  readonly answered_by: 'upstream' | 'claude-gw'
  /** Our status, when we answered. */
  readonly client_status?: number
  readonly outcome: Outcome
  /** Present when there was more than one attempt, or one that failed before the answer. */
  readonly attempts?: readonly AttemptRecord[]
  /** What policies found or did, where they did anything; never the text. */
  readonly policy?: readonly PolicyDecision[]
  /** Body bytes as the client sent them. */
  readonly request_bytes: number
  /** Body bytes handed to the client, as encoded on the wire. */
  readonly response_bytes: number
  /** First byte of the answer. */
  readonly ttfb_ms?: number
  /** First content token of a streamed answer. */
  readonly ttft_ms?: number
  readonly duration_ms: number
  /** duration_ms / output tokens. */
  readonly ms_per_token?: number
  /** The API's own object with all its counters. */
  readonly usage?: Usage | null
  readonly usage_reason?: string
  /** What it costs at the prices of `price`, in USD. */
  readonly cost_usd?: number | null
  readonly cost_usd_reason?: string
  /** The date of the price table, and whether it is built in or the path of a file. */
  readonly price?: { readonly table: string; readonly source: string }
  readonly stop_reason?: string
  /** The upstream's `request-id`. */
  readonly request_id?: string
  /** As the upstream sent it. */
  readonly retry_after?: string
  /** The `anthropic-ratelimit-*` headers, without that prefix. */
  readonly ratelimit?: Readonly<Record<string, string>>
  readonly error?: { readonly type: string; readonly message: string }
  readonly credential?: { readonly source: string; readonly refreshed?: boolean }
  /** Allow-listed headers by lower-case name. */
  readonly request_headers?: Readonly<Record<string, string>>
  readonly response_headers?: Readonly<Record<string, string>>
  /** As they went over the upstream's side, where `log.level` keeps them. */
  readonly request_body?: BodyReference | null
  readonly request_body_reason?: string
  readonly response_body?: BodyReference | null
  readonly response_body_reason?: string
  /** How many values were masked in this line. */
  readonly redacted?: number
}

/**
 * `ok` a whole answer below 400; `http_error` a whole answer of 400 and up; `upstream_error` no answer from
 * upstream; `truncated` its answer broke off; `client_aborted` the client left; `refused` we did not send it.
 */
export type Outcome = 'ok' | 'http_error' | 'upstream_error' | 'truncated' | 'client_aborted' | 'refused'

/** Where a body is kept: a range of what a file holds once it is decompressed. */
export interface BodyReference {
  /** Below the folder of the bodies, with `/` in it. */
  readonly file: string
  readonly offset: number
  readonly length: number
  /** Of the kept bytes (RFC 1952 section 8). */
  readonly crc32: number
  /** How many values are masked in it; without this, it is there byte for byte. */
  readonly redacted?: number
  /** It was compressed, and is kept as what it decodes to, since values in it are masked. */
  readonly decoded?: true
}

/** What one rule of a policy came to. */
export interface PolicyDecision {
  /** `limits.daily`, `mask.email` */
  readonly rule: string
  /** `flag` only counts; `limit` and `deny` reject the request, or end the answer. */
  readonly action: PolicyAction
  /** How often it applied. */
  readonly count: number
}

export const POLICY_ACTIONS = ['flag', 'mask', 'deny', 'limit', 'decorate'] as const
export type PolicyAction = (typeof POLICY_ACTIONS)[number]

export interface AttemptRecord {
  readonly status?: number
  readonly duration_ms: number
  /** Why this attempt was not the answer. */
  readonly reason?: string
}

/** The API's `usage` object: counters and nested objects of counters, plus strings such as `service_tier`. */
export type Usage = Readonly<Record<string, unknown>>
