/** A secret for the upstream and where it came from. */
export interface Credential {
  readonly value: string
  /** For the record and for messages: `env:NAME`, `ANTHROPIC_API_KEY`. Never the secret. */
  readonly source: string
}

/** One place that credentials come from. */
export interface CredentialSource {
  /**
   * The credential in use, without a promise where it is at hand: a request that has to wait is stopped at its socket,
   * and that costs another turn of the event loop. @throws GatewayError CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED
   */
  current(): Credential | Promise<Credential>
  /** Asks the source anew, after the upstream refused `refused`; many callers at once cause one look-up. */
  refresh(refused: Credential): Promise<Credential>
}

/** How a request is let through: with the child's own credentials, or with ours in their place. */
export type CredentialPlan =
  | { readonly kind: 'passthrough' }
  | {
      readonly kind: 'inject'
      /** What `auto` came to, for people: `env:NAME`. */
      readonly reference: string
      readonly source: CredentialSource
      /** Variables that hold the secret and must not reach the child. */
      readonly withheld: readonly string[]
      /** How this source is sent, where the key `auth` says nothing; undefined leaves it to the upstream's host. */
      readonly style?: AuthStyle
    }

export type AuthStyle = 'bearer' | 'x-api-key' | 'both' | `header:${string}`

/**
 * The way a credential is sent when nobody said: an OAuth token only as bearer, any other key to Anthropic as
 * `x-api-key` (https://platform.claude.com/docs/en/api/overview), and to a gateway as bearer, as Claude Code does
 * with `ANTHROPIC_AUTH_TOKEN`.
 */
export function defaultAuthStyle(value: string, isAnthropic: boolean): AuthStyle {
  if (isOauthToken(value)) return 'bearer'
  return isAnthropic ? 'x-api-key' : 'bearer'
}

/** A token of a Claude login, for which the API wants the `oauth-2025-04-20` beta. */
export function isOauthToken(value: string): boolean {
  return value.startsWith('sk-ant-oat')
}
