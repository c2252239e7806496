import type { GatewayError } from '../../base/errors.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { AccountState } from './account-state.ts'
import type { Amounts } from './amounts.ts'
import type { AskedRequest } from './estimator.ts'

/** A request that limits may be for. */
export interface LimitRequest extends AskedRequest {
  /** Without the query. */
  readonly path: string
}

export type LimitDecision =
  /** Without a reservation no limit is for it. */
  | { readonly kind: 'pass'; readonly reservation?: Reservation }
  | { readonly kind: 'reject'; readonly rule: string; readonly error: GatewayError }

/** What would be decided, and by what. */
export interface LimitLook {
  readonly decision: LimitDecision
  /** Those that are for the request. */
  readonly accounts: readonly AccountState[]
}

/** What a request that was let through holds until it has ended. */
export interface Reservation {
  readonly estimate: Amounts
  /**
   * To be called when the record stands in the ledger; further calls do nothing.
   * @param record absent where nothing was sent
   * @param isInLedger false where the line could not be written, so that what was used counts in this run at least
   */
  settle(record: ExchangeRecord | undefined, isInLedger?: boolean): void
}
