import { shownCertificate } from '../../network/certificate.ts'
import { tlsRemedy } from '../../network/tls-remedy.ts'
import type { Upstream } from '../../network/url.ts'
import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import type { Silence } from './hearing.ts'
import type { Questions } from './questions.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 14
const SHOWN_MS = 5_000

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
  return fail(shown ? `${reason} (issued by ${shown.issuer})` : reason, { remedy: tlsRemedy(code, reason) })
}
