import type { Credential, CredentialPlan, CredentialSource } from '../credentials/credential.ts'

/** Extra headers of every request: a fixed value, or where a secret one comes from. */
export type ExtraHeaders = Readonly<Record<string, string | CredentialSource>>

/** Everything that one request is given on its way upstream. */
export interface Supplied {
  /** Undefined lets the client's own credentials through. */
  readonly credential: Credential | undefined
  /** The extra headers, with what their sources gave in place. */
  readonly headers: Readonly<Record<string, string>>
  /** What each source gave: that of the credential first, then those of the headers. Empty if there are none. */
  readonly secrets: readonly Credential[]
}

export interface Supply {
  /**
   * What is in use now, without a promise where all of it is at hand.
   * @throws GatewayError of the sources
   */
  current(): Supplied | Promise<Supplied>
  /** Asks every source anew after `used` was refused; undefined if none of them has anything else. */
  refresh(used: Supplied): Promise<Supplied | undefined>
}

/** Brings the credential and the extra headers of all requests of a gateway together. */
export function createSupply(plan: CredentialPlan, extraHeaders: ExtraHeaders): Supply {
  const injected = plan.kind === 'inject' ? [plan.source] : []
  const sources = [...injected, ...Object.values(extraHeaders).filter(isSource)]
  let last: Supplied | undefined

  /** One object for all requests, until a source gives something else. */
  function supplied(secrets: readonly Credential[]): Supplied {
    if (!last || !isSame(last.secrets, secrets)) {
      const credential = plan.kind === 'inject' ? secrets[0] : undefined
      last = { credential, headers: filled(extraHeaders, secrets.slice(injected.length)), secrets }
    }
    return last
  }

  return {
    current: () => {
      const found = sources.map(ask)
      return isAtHand(found) ? supplied(found) : Promise.all(found).then(supplied)
    },
    refresh: async (used) => {
      const fresh = await Promise.all(
        sources.map((source, i) => renew(source, used.secrets[i] as Credential)),
      )
      return isSame(fresh, used.secrets) ? undefined : supplied(fresh)
    },
  }
}

function isSource(value: string | CredentialSource): value is CredentialSource {
  return typeof value !== 'string'
}

/** What fails at once must not leave the promise of another source without anybody who catches it. */
function ask(source: CredentialSource): Credential | Promise<Credential> {
  try {
    return source.current()
  } catch (error) {
    return Promise.reject(error)
  }
}

/** A source that fails keeps what it gave: another one may be what was refused. */
async function renew(source: CredentialSource, refused: Credential): Promise<Credential> {
  try {
    return await source.refresh(refused)
  } catch {
    return refused
  }
}

function isAtHand(found: readonly (Credential | Promise<Credential>)[]): found is readonly Credential[] {
  return !found.some((one) => one instanceof Promise)
}

function isSame(some: readonly Credential[], others: readonly Credential[]): boolean {
  return some.every(({ value, source }, i) => value === others[i]?.value && source === others[i]?.source)
}

function filled(headers: ExtraHeaders, secrets: readonly Credential[]): Readonly<Record<string, string>> {
  const values = secrets.values()
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSource(value) ? (values.next().value as Credential).value : value,
    ]),
  )
}
