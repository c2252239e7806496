import type { ConnectionOptions } from 'node:tls'
import { rootCertificates } from 'node:tls'

/** Whom a store is trusted by, as PEM texts. */
export interface StoreTls {
  /** Absent leaves it to Node. */
  readonly ca?: readonly string[]
  /** Reads what the machine trusts beside them; asked once, when they did not suffice. */
  readonly systemAuthorities?: () => Promise<readonly string[]>
}

export interface StoreTrust {
  /** Read anew for each connection. */
  readonly options: ConnectionOptions
  /** Trusts the machine's authorities too, from now on, which is done once. Gives whether these are more than before. */
  widen(): Promise<boolean>
}

export function createStoreTrust({ ca, systemAuthorities }: StoreTls): StoreTrust {
  const options: ConnectionOptions = ca ? { ca: [...ca] } : {}
  let widening: Promise<boolean> | undefined
  const widen = async () => {
    const found = (await systemAuthorities?.().catch(() => [])) ?? []
    if (found.length > 0) options.ca = [...(ca ?? rootCertificates), ...found]
    return found.length > 0
  }
  return {
    options,
    widen: () => {
      widening ??= widen()
      return widening
    },
  }
}
