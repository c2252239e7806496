/** A secret for the upstream and where it came from. */
export interface Credential {
  readonly value: string
  /** For the record and for messages: `keychain:work`, `env:NAME`. Never the secret. */
  readonly source: string
  /** How Claude Code itself sends a credential of this source; undefined leaves it to the upstream's host. */
  readonly style?: AuthStyle
}

/** A place that a credential is kept in. */
export interface CredentialStore {
  /** The place by its name, for people: `keychain:work`. */
  readonly reference: string
  readonly freshness: Freshness
  /** Tells what is known to be wrong without looking anything up; costs next to nothing. @throws as `read` */
  check(): void
  /**
   * What stands there now, without a promise where looking costs next to nothing. Undefined if nothing does, so that
   * the next place may be tried.
   * @throws GatewayError CREDENTIAL_FAILED, CREDENTIAL_ORIGIN, KEYCHAIN_*: it is there and cannot be used
   */
  read(): Credential | undefined | Promise<Credential | undefined>
}

/** How long a credential is used without asking its store again: not at all, a while, or until the upstream refuses it. */
export type Freshness = 'each-use' | 'until-refused' | { readonly ttlMs: number }

/** Hands out the credential of one or several stores, and remembers it as long as it is fresh. */
export interface CredentialSource {
  /** Tells what is known to be wrong before anything is looked up. @throws as `current` */
  check(): void
  /**
   * The credential in use, without a promise where it is at hand: a request that has to wait is stopped at its socket,
   * and that costs another turn of the event loop.
   * @throws GatewayError CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED, CREDENTIAL_ORIGIN, KEYCHAIN_*
   */
  current(): Credential | Promise<Credential>
  /** Asks the store anew, after the upstream refused `refused`; many callers at once cause one look-up. */
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
    }

export type AuthStyle = 'bearer' | 'x-api-key' | 'both' | `header:${string}`

/**
 * The way a credential is sent: an OAuth token of a Claude login only as bearer, then as the user said, then as Claude
 * Code does for that kind of source. Otherwise a key to Anthropic goes as `x-api-key`
 * (https://platform.claude.com/docs/en/api/overview), and to a gateway as bearer, as with `ANTHROPIC_AUTH_TOKEN`.
 */
export function authStyle(
  { value, style }: Credential,
  configured: AuthStyle | undefined,
  isAnthropic: boolean,
): AuthStyle {
  if (isOauthToken(value)) return 'bearer'
  return configured ?? style ?? (isAnthropic ? 'x-api-key' : 'bearer')
}

/** A token of a Claude login, for which the API wants the `oauth-2025-04-20` beta. */
export function isOauthToken(value: string): boolean {
  return value.startsWith('sk-ant-oat')
}
