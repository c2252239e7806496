import type { Timeouts } from '../config/timeouts.ts'
import type { AuthStyle, CredentialSource } from '../credentials/credential.ts'
import type { UpstreamAgent } from '../network/agent.ts'
import type { Upstream } from '../network/url.ts'
import type { Send } from './attempt.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import type { RetryPolicy } from './retry.ts'

/** What all requests of one gateway share. */
export interface FlowSettings {
  readonly upstream: Upstream
  readonly agent: UpstreamAgent
  readonly send: Send
  /** Undefined lets the client's own credentials through. */
  readonly credentials:
    | { readonly source: CredentialSource; readonly style: AuthStyle | undefined }
    | undefined
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly maxBodyBytes: number
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  /** Called once with each finished exchange, before its client is given the end. */
  readonly onFinish: (facts: ExchangeFacts) => void
}
