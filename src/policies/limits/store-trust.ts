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
  /** Trusts the machine's authorities too, from now on. Gives whether it has more of them than before. */
  widen(): Promise<boolean>
}

export function createStoreTrust({ ca, systemAuthorities }: StoreTls): StoreTrust {
  const options: ConnectionOptions = ca ? { ca: [...ca] } : {}
  let isWide = false
  return {
    options,
    widen: async () => {
      if (isWide) return false
      isWide = true
      const found = (await systemAuthorities?.().catch(() => [])) ?? []
      if (found.length > 0) options.ca = [...(ca ?? rootCertificates), ...found]
      return found.length > 0
    },
  }
}
