import type { Timeouts } from '../config/timeouts.ts'
import type { AuthStyle, CredentialPlan } from '../credentials/credential.ts'
import type { ExchangeRecord } from '../exchange/exchange.ts'
import type { Finder } from '../exchange/needles.ts'
import type { ForwardProxy } from '../network/forward-proxy.ts'
import type { TlsSettings } from '../network/secure-context.ts'
import type { Upstream } from '../network/url.ts'
import type { PolicyList } from '../policies/policy-list.ts'
import type { PriceTable } from '../usage/price-table.ts'
import type { Access } from './access.ts'
import type { BodySettings } from './body-settings.ts'
import type { OwnPages } from './own-pages.ts'
import type { Identity } from './record.ts'
import type { RetryPolicy } from './retry.ts'
import type { ExtraHeaders } from './supply.ts'

export interface GatewayOptions {
  /** 0 lets the kernel choose. */
  readonly port: number
  readonly upstream: Upstream
  readonly tls?: TlsSettings | undefined
  /** What all connections to the upstream go through. */
  readonly proxy?: ForwardProxy | undefined
  readonly access: Access
  readonly credentials: CredentialPlan
  /** From the key `auth`; undefined leaves it to the source and the host. */
  readonly authStyle: AuthStyle | undefined
  readonly extraHeaders: ExtraHeaders
  /** Names of models that clients may ask for, and the names that the upstream has for them. */
  readonly aliases: Readonly<Record<string, string>>
  readonly maxBodyBytes: number
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  readonly identity: Identity
  /** Those that are on; undefined where none is. */
  readonly policies?: PolicyList | undefined
  /** Undefined keeps no bodies. */
  readonly bodies?: BodySettings | undefined
  /** What is masked in bodies, and in what is said of an error, beside the secrets that are known. */
  readonly patterns?: readonly Finder[]
  /** What the records' costs are taken from. */
  readonly prices: PriceTable
  /** What the gateway shows of itself beside its health. */
  readonly ownPages?: OwnPages | undefined
  /**
   * Called with each record before the client is given the end of its answer.
   * @returns false where its line could not be written to the ledger
   */
  readonly onRecord: (record: ExchangeRecord, about: RecordContext) => boolean
  /** Called with what went wrong without disturbing an exchange. */
  readonly onTrouble: (reason: string) => void
}

/** What is not in a record and decides what becomes of it. */
export interface RecordContext {
  /** Must not be written. */
  readonly secrets: readonly string[]
  /** A refusal of somebody who was not let in. */
  readonly isStranger: boolean
}
