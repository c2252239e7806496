import { GatewayError } from '../base/errors.ts'

/**
 * Every certificate is verified here, whatever that variable of Node.js says; who set it is told the right way.
 * @throws GatewayError TLS_UNVERIFIED
 */
export function refuseUnverifiedTls(env: Readonly<Record<string, string | undefined>>): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') throw new GatewayError('TLS_UNVERIFIED')
}

/** Only these can be cured by trusting another authority (https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes). */
const UNKNOWN_AUTHORITY = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Whether a connection failed because nobody that is trusted vouches for the other end, a proxy's included. */
export function isUnknownAuthority(error: unknown): boolean {
  const fault = error instanceof GatewayError ? error.cause : error
  return fault instanceof Error && UNKNOWN_AUTHORITY.has((fault as NodeJS.ErrnoException).code ?? '')
}

const TLS_FAULT = /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Whether it was TLS that failed, and not the network below it. */
export function isTlsFault(error: unknown): boolean {
  return TLS_FAULT.test((error as NodeJS.ErrnoException).code ?? '')
}
