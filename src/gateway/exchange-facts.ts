import type { IncomingMessage } from 'node:http'
import type { GatewayError } from '../base/errors.ts'
import type { Credential } from '../credentials/credential.ts'
import type { AttemptRecord, Outcome } from '../exchange/exchange.ts'
import type { RequestBody } from './request-body.ts'
import type { TapSummary } from './tap.ts'

/** All that was seen of one exchange; `…Ms` are `performance.now()` times. */
export interface ExchangeFacts {
  readonly startedAt: Date
  readonly startedMs: number
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly body: RequestBody
  readonly attempts: readonly AttemptRecord[]
  readonly credential: Credential | undefined
  readonly isRefreshed: boolean
  readonly answer: IncomingMessage | undefined
  readonly answeredMs: number | undefined
  readonly responseBytes: number
  /** What the tap read in the answer. */
  readonly summary: TapSummary | undefined
  /** Why we answered ourselves, if we did. */
  readonly refusal: GatewayError | undefined
  readonly outcome: Outcome
}
