import type { SecureContext } from 'node:tls'
import { createSecureContext, rootCertificates } from 'node:tls'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { ClientCertificate, TlsFiles } from './tls-files.ts'
import { tlsRemedy } from './tls-remedy.ts'

export interface TlsSettings extends TlsFiles {
  /** Reads what the machine trusts beside `ca`; asked once, when that did not suffice. */
  readonly systemAuthorities?: () => Promise<readonly string[]>
}

/** The TLS settings of all connections to an upstream. */
export interface SecureContexts {
  /**
   * For the next connection, a promise where they have to be waited for; undefined leaves them to Node.
   * @throws GatewayError UPSTREAM_TLS, or that of the look-up of a passphrase, both in the promise
   */
  current(): SecureContext | Promise<SecureContext> | undefined
  /**
   * Trusts the machine's authorities too, from now on. Gives whether the settings are others than those that met an
   * unknown authority, so that another connection can help.
   */
  widen(used: SecureContext | undefined): Promise<boolean>
}

/**
 * The settings are made for the first connection, since a passphrase may have to be waited for; after a failure, the
 * next that asks tries again. Many that ask at once cause one look-up.
 * @param onPassphrase told of each that was looked up
 */
export function createSecureContexts(
  upstream: string,
  settings: TlsSettings,
  onPassphrase: (passphrase: string) => void = () => undefined,
): SecureContexts {
  const { client, passphrase, systemAuthorities } = settings
  let { ca } = settings
  let made: SecureContext | undefined
  let making: Promise<SecureContext> | undefined
  let widening: Promise<void> | undefined
  let refused: string | undefined
  const make = async () => {
    const secret = client?.isKeyEncrypted ? await passphrase?.(refused) : undefined
    if (secret) onPassphrase(secret)
    try {
      made = createSecureContext({
        ...(ca && { ca: [...ca] }),
        ...(client && { cert: client.cert, key: client.key }),
        ...(secret !== undefined && { passphrase: secret }),
      })
      return made
    } catch (error) {
      refused = secret
      const { code = '' } = error as NodeJS.ErrnoException
      const details = { upstream, reason: faultOf(error, client), remedy: tlsRemedy(code, 'OSSL') }
      throw new GatewayError('UPSTREAM_TLS', details, error)
    }
  }
  const current = () => {
    if (!ca && !client) return undefined
    if (made) return made
    making ??= make().finally(() => {
      making = undefined
    })
    return making
  }
  const addSystemAuthorities = async () => {
    const found = (await systemAuthorities?.()) ?? []
    if (found.length === 0) return
    ca = [...(ca ?? rootCertificates), ...found]
    made = undefined
  }
  return {
    current,
    widen: async (used) => {
      widening ??= addSystemAuthorities()
      await widening
      return (await current()) !== used
    },
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
