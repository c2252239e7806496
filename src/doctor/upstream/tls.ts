import { shownCertificate } from '../../network/certificate.ts'
import type { Upstream } from '../../network/url.ts'
import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import type { Silence } from './hearing.ts'
import type { Questions } from './questions.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 14
const SHOWN_MS = 5_000

/** By the code of the error (https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes). */
const REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [
    /ISSUER|SELF_SIGNED|UNTRUSTED|LEAF_SIGNATURE/,
    'ask who runs the network for its authorities, and name them: `claude-gw config set tls.ca FILE`',
  ],
  [/EXPIRED/, 'have the certificate renewed'],
  [/NOT_YET_VALID/, 'set the clock of this machine'],
  [/ALTNAME/, 'name the upstream as its certificate does'],
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/, 'name your own certificate: `tls.cert` and `tls.key`'],
  [/EPROTO|WRONG_VERSION/, 'nothing there speaks TLS: correct the port in `upstream`'],
]

/** Whether the upstream proves who it is, and for how long yet. */
export function tlsCheck(
  questions: Questions,
  upstream: Upstream,
  { isProxied, nowMs }: { readonly isProxied: boolean; readonly nowMs: () => number },
): Check {
  return {
    id: 'tls',
    title: 'the certificate of the upstream is trusted',
    cost: 'requests',
    run: async () => {
      if (upstream.url.protocol === 'http:') return skipped('plain http')
      const heard = await questions.wrong()
      if (heard.kind === 'silence')
        return heard.cause === 'tls'
          ? untrusted(heard, isProxied ? undefined : upstream.url)
          : skipped('there was no answer')
      const { certificate } = heard
      if (!certificate) return skipped('it was not shown')
      const evidence = `issued by ${certificate.issuer}, until ${new Date(certificate.expiresMs).toISOString().slice(0, 10)}`
      return certificate.expiresMs - nowMs() > SOON_DAYS * DAY_MS
        ? ok(evidence)
        : warn(evidence, { remedy: 'have the certificate renewed before it ends' })
    },
  }
}

async function untrusted({ code, reason }: Silence, url: URL | undefined): Promise<Finding> {
  const shown = url && (await shownCertificate(url, SHOWN_MS))
  const remedy = REMEDIES.find(([pattern]) => pattern.test(code))?.[1]
  return fail(shown ? `${reason} (issued by ${shown.issuer})` : reason, {
    remedy: remedy ?? 'correct `tls.ca`, `tls.cert`, `tls.key` and `tls.passphrase`',
  })
}
