import type { LimitRule } from '../../config/limit-rule.ts'

/** How one limit stands for one of those whom it counts apart. */
export interface AccountState {
  readonly rule: LimitRule
  /** The model, project, session, … that it is for; empty for all. */
  readonly group: string
  readonly used: number
  /** What is in flight is estimated to use. */
  readonly inFlight: number
  /** When it starts anew, or has room again; absent where that is not a matter of time. */
  readonly resetsAtMs?: number
}
