/** By the code of the error, or where that is only EPROTO, by its text (https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes). */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ALERT_(BAD_|UNSUPPORTED_)?CERTIFICATE|ALERT_UNKNOWN_CA/,
    'it wants a certificate of yours that it trusts: name it and its private key in `tls.cert` and `tls.key` (CLAUDE_GW_TLS_CERT, CLAUDE_GW_TLS_KEY)',
  ],
  [/KEY_VALUES_MISMATCH/, 'name the private key of that certificate in `tls.key` (CLAUDE_GW_TLS_KEY)'],
  [
    /OSSL|TLS_PASSPHRASE/,
    'correct what `tls.passphrase` (CLAUDE_GW_TLS_PASSPHRASE) names, or CLAUDE_CODE_CLIENT_KEY_PASSPHRASE where that key is not set',
  ],
  [
    /ISSUER|SELF_SIGNED|UNTRUSTED|LEAF_SIGNATURE/,
    'ask who runs the network for its authorities, and name them: `claude-gw config set tls.ca FILE`, or CLAUDE_GW_TLS_CA',
  ],
  [/EXPIRED/, 'have the certificate renewed'],
  [/NOT_YET_VALID/, 'set the clock of this machine'],
  [/ALTNAME/, 'name the upstream as its certificate does'],
  [/EPROTO|WRONG_VERSION/, 'nothing there speaks TLS: correct the port in `upstream`'],
]

/** What mends a failed TLS connection. @param code of the error of Node.js */
export function tlsRemedy(code: string, reason: string): string {
  const seen = `${code} ${reason}`.toUpperCase().replace(/\W+/g, '_')
  const found = REMEDIES.find(([pattern]) => pattern.test(seen))
  return found?.[1] ?? 'correct `tls.ca`, `tls.cert`, `tls.key` and `tls.passphrase`'
}
