import type { Timeouts } from '../config/timeouts.ts'
import type { AuthStyle } from '../credentials/credential.ts'
import type { UpstreamAgent } from '../network/agent.ts'
import type { Upstream } from '../network/url.ts'
import type { PolicyList } from '../policies/policy-list.ts'
import type { Send } from './attempt.ts'
import type { BodyKeeping } from './exchange-bodies.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import type { RetryPolicy } from './retry.ts'
import type { Supply } from './supply.ts'

/** What all requests of one gateway share. */
export interface FlowSettings {
  readonly upstream: Upstream
  readonly agent: UpstreamAgent
  readonly send: Send
  readonly supply: Supply
  readonly authStyle: AuthStyle | undefined
  /** What to send in place of a model's name. */
  readonly aliases: ReadonlyMap<string, string>
  readonly maxBodyBytes: number
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  /** Undefined where none is on: then no body is held or looked at for them, and no answer changed. */
  readonly policies: PolicyList | undefined
  /** Undefined keeps no bodies. */
  readonly bodies: BodyKeeping | undefined
  /** What must not be shown of an exchange. */
  readonly secretsOf: (facts: ExchangeFacts) => readonly string[]
  /** Called once with each finished exchange, before its client is given the end. */
  readonly onFinish: (facts: ExchangeFacts) => void
}
