import type { SecureContext } from 'node:tls'
import { createSecureContext } from 'node:tls'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { ClientCertificate, TlsFiles } from './tls-files.ts'

export interface TlsSettings extends TlsFiles {
  /**
   * Looks up what opens an encrypted key.
   * @param refused what it gave the last time, if that did not
   */
  readonly passphrase?: (refused?: string) => string | Promise<string>
}

/** Settings for the next connection, a promise where they have to be waited for; undefined leaves them to Node. */
export type ContextOf = () => SecureContext | Promise<SecureContext> | undefined

/**
 * Gives the TLS settings of all connections to an upstream. They are made for the first of them, since a passphrase may
 * have to be waited for; after a failure, the next that asks tries again. Many that ask at once cause one look-up.
 * @throws GatewayError UPSTREAM_TLS, or that of the look-up, both in the promise
 */
export function secureContextOf(upstream: string, { ca, client, passphrase }: TlsSettings): ContextOf {
  if (!ca && !client) return () => undefined
  let made: SecureContext | undefined
  let making: Promise<SecureContext> | undefined
  let refused: string | undefined
  const make = async () => {
    const secret = client?.isKeyEncrypted ? await passphrase?.(refused) : undefined
    try {
      made = createSecureContext({
        ...(ca && { ca: [...ca] }),
        ...(client && { cert: client.cert, key: client.key }),
        ...(secret !== undefined && { passphrase: secret }),
      })
      return made
    } catch (error) {
      refused = secret
      throw new GatewayError('UPSTREAM_TLS', { upstream, reason: faultOf(error, client) }, error)
    }
  }
  return () => {
    if (made) return made
    making ??= make().finally(() => {
      making = undefined
    })
    return making
  }
}

/** The authorities were checked at start, and so was a key that is not encrypted. */
function faultOf(error: unknown, client: ClientCertificate | undefined): string {
  const isOpened = (error as NodeJS.ErrnoException).code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
  const fault = isOpened
    ? '`tls.key` does not belong to `tls.cert`'
    : '`tls.passphrase` does not open `tls.key`'
  return `${fault}, ${client?.keyPath ?? ''} (${reasonOf(error)})`
}
