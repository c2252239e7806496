import type { ErrorCode } from '../base/errors.ts'
import { GatewayError } from '../base/errors.ts'
import type { Credential, CredentialSource, CredentialStore } from './credential.ts'
import type { Lease } from './lease.ts'
import { isWithin } from './lease.ts'
import type { SearchOptions } from './search.ts'
import { search } from './search.ts'

/** So long a store that had nothing better is left alone: asking it may mean asking a person, */
const PAUSE_MS = 30_000
/** and so long one that has nothing: `login` may change that at any time, but each request would start a program. */
const PAUSE_OF_NOTHING_MS = 5_000

/**
 * The first credential that one of the stores has, remembered for as long as that store allows and never past the end
 * of a token. It is asked for again only when a request needs it.
 */
export function openSource(stores: readonly CredentialStore[], options: SearchOptions): CredentialSource {
  return new Source(stores, options)
}

class Source implements CredentialSource {
  readonly #stores: readonly CredentialStore[]
  readonly #options: SearchOptions
  readonly #now: () => number
  #lease: Lease | undefined
  #lookUp: Promise<Credential> | undefined
  /** Of the last look-up, if it had to be waited for: asking again could ask a person again. */
  #failure: { readonly error: unknown; readonly atMs: number; readonly pauseMs: number } | undefined
  /** When a look-up after a refusal brought the refused one again. */
  #unchangedAtMs = -Infinity

  constructor(stores: readonly CredentialStore[], options: SearchOptions) {
    this.#stores = stores
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Of the first store: whether another one counts is only known after a look-up. */
  check(): void {
    this.#stores[0]?.check()
  }

  current(): Credential | Promise<Credential> {
    const lease = this.#held()
    const nowMs = this.#now()
    if (!lease || !isWithin(lease.usableMs, lease.readAtMs, nowMs)) return this.#lookUpOrFallBack()
    if (!isWithin(lease.freshMs, lease.readAtMs, nowMs)) void this.#renew()
    return lease.credential
  }

  async refresh(refused: Credential): Promise<Credential> {
    // A look-up under way may have read the store before the refusal, so it counts only if it brings another one.
    if (!this.#otherThan(refused)) await this.#lookUp?.catch(() => {})
    const other = this.#otherThan(refused)
    if (other) return other
    const wasAsked = isWithin(PAUSE_MS, this.#unchangedAtMs, this.#now())
    if (wasAsked && this.#held()) return refused
    // A store before the one that had it may have another by now.
    const found = await this.#startLookUp(wasAsked ? this.#order() : this.#stores)
    if (found.value === refused.value) this.#unchangedAtMs = this.#now()
    return found
  }

  /** Nobody waits for it. What failed is told once the old credential cannot be used any more. */
  async #renew(): Promise<void> {
    try {
      await this.#startLookUp()
    } catch {}
  }

  #lookUpOrFallBack(): Credential | Promise<Credential> {
    try {
      const found = this.#startLookUp()
      return found instanceof Promise ? found.catch((error: unknown) => this.#fallBack(error)) : found
    } catch (error) {
      return this.#fallBack(error)
    }
  }

  /** After a failure the old one is still good enough to let the upstream decide. */
  #fallBack(error: unknown): Credential {
    const old = isCertain(error) ? undefined : this.#held()
    if (!old) throw error
    return old.credential
  }

  #otherThan(refused: Credential): Credential | undefined {
    const held = this.#held()?.credential
    return held?.value === refused.value ? undefined : held
  }

  /** What is remembered, unless it must not be handed out any more; why not, the next look-up tells. */
  #held(): Lease | undefined {
    const lease = this.#lease
    if (!lease || this.#now() >= lease.endMs) return undefined
    if (isAllowed(lease)) return lease
    this.#lease = undefined
    return undefined
  }

  /** One at a time, whoever asks. */
  #startLookUp(stores = this.#order()): Credential | Promise<Credential> {
    if (this.#lookUp !== undefined) return this.#lookUp
    const failure = this.#failure
    if (failure && isWithin(failure.pauseMs, failure.atMs, this.#now())) throw failure.error
    const found = search(stores, this.#options)
    if (!(found instanceof Promise)) return this.#hold(found)
    this.#lookUp = this.#holdLater(found)
    return this.#lookUp
  }

  /** The store that had it last is first, so that those before it are not asked at each use. */
  #order(): readonly CredentialStore[] {
    const last = this.#lease?.store
    return last ? [last, ...this.#stores.filter((store) => store !== last)] : this.#stores
  }

  async #holdLater(found: Promise<Lease>): Promise<Credential> {
    try {
      return this.#hold(await found)
    } catch (error) {
      if (isCertain(error)) this.#lease = undefined
      this.#failure = { error, atMs: this.#now(), pauseMs: pauseAfter(error) }
      throw error
    } finally {
      this.#lookUp = undefined
    }
  }

  #hold(lease: Lease): Credential {
    if (lease.credential.value !== this.#lease?.credential.value) this.#unchangedAtMs = -Infinity
    this.#lease = lease
    this.#failure = undefined
    return lease.credential
  }
}

function isAllowed({ store }: Lease): boolean {
  try {
    store.check()
    return true
  } catch {
    return false
  }
}

function pauseAfter(error: unknown): number {
  switch (codeOf(error)) {
    case 'CREDENTIAL_ORIGIN':
      return 0
    case 'CREDENTIAL_NOT_FOUND':
      return PAUSE_OF_NOTHING_MS
    default:
      return PAUSE_MS
  }
}

/** That there is none for this upstream is an answer, and no failure to get one. */
function isCertain(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'CREDENTIAL_NOT_FOUND' || code === 'CREDENTIAL_ORIGIN'
}

function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof GatewayError ? error.code : undefined
}
