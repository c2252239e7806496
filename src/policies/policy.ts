import type { GatewayError } from '../base/errors.ts'
import type { ExchangeRecord, PolicyAction, PolicyDecision } from '../exchange/exchange.ts'
import type { Span } from '../json/scanner.ts'
import type { Edit } from '../json/splice.ts'
import type { AnswerTransform } from './answer-transform.ts'
import type { AccountState } from './limits/account-state.ts'

/** A request for a message, or for the count of its tokens, as far as policies look at it. */
export interface PolicyRequest {
  /** Without the query. */
  readonly path: string
  /** The whole of what would be sent: behind an alias, and as the policies before have left it. */
  readonly body: Buffer
  /** Whether the body is compressed or coded in another way, so that nothing can be read in it. */
  readonly isEncoded: boolean
  /** The one asked for. */
  readonly model?: string | undefined
  readonly maxTokens?: number | undefined
  readonly session?: string | undefined
  readonly agent?: string | undefined
}

/** What a policy makes of a request. */
export interface Outcome {
  /** What stands in the record. */
  readonly decisions: readonly PolicyDecision[]
  /** What is to change in the body, for `splice`. */
  readonly edits?: readonly Edit[]
  /** The request is answered with it and not sent; no later policy is asked. */
  readonly rejection?: GatewayError
  /** What the answer goes through. */
  readonly answer?: AnswerTransform
  /** Gives back what is held for the request; called once, when its record is written. */
  readonly settle?: Settle
}

/**
 * @param record absent where nothing was sent
 * @param isInLedger whether its line is in the ledger
 */
export type Settle = (record: ExchangeRecord | undefined, isInLedger: boolean) => void

/** One rule set that is on. */
export interface Policy {
  /**
   * Refuses a request of any kind before its body is read, or lets it go on.
   * @param path as in `PolicyRequest`
   */
  admit?(path: string): Outcome | undefined
  /** May throw: the request is then answered with the error. */
  apply(request: PolicyRequest): Outcome | Promise<Outcome>
  /** The same as `apply` for a request that is only tried, where `apply` would hold or count something. */
  rehearse?(request: PolicyRequest): Outcome | Promise<Outcome>
  /** What each of its rules sees in a request, one by one, for somebody who tries them; it changes and counts nothing. */
  explain?(request: PolicyRequest): readonly RuleSight[] | Promise<readonly RuleSight[]>
  /** When nothing more comes, and all is settled. */
  close?(): Promise<void>
}

/** What one rule sees in a request. */
export interface RuleSight {
  /** `mask.email`; of a rule with several patterns, one of them. */
  readonly rule: string
  readonly action: PolicyAction
  /** What it applies to, in the order of the body; with bytes where something else is sent. */
  readonly spans: readonly (Span & { readonly bytes?: Uint8Array })[]
  /** How often it applies, where that is to no place in the body. */
  readonly count?: number
  /** How it stands, of a limit. */
  readonly account?: AccountState
  /** Milliseconds that looking takes, by this rule alone; undefined where it only compares a name. */
  readonly costMs?: number
}

export const NO_OUTCOME: Outcome = { decisions: [] }
