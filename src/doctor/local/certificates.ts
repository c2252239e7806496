import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { reasonOf } from '../../base/errors.ts'
import { certificatesIn } from '../../network/pem.ts'
import type { TlsFiles } from '../../network/tls-files.ts'
import type { Check, Finding } from '../check.ts'
import { fail, failed, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface CertificateFacts {
  /** What has to be in order first. */
  readonly ground: Fact<unknown>
  readonly files: Fact<TlsFiles>
  readonly authorities: readonly AuthorityFile[]
  readonly nowMs: () => number
}

/** A file of authorities, and the key or variable that names it. */
export interface AuthorityFile {
  readonly path: string
  readonly origin: string
}

const SOON_MS = 14 * 86_400_000

/** Whether certificates of our own, and of private authorities, can be read and last. */
export function certificatesCheck(facts: CertificateFacts): Check {
  return {
    id: 'certificates',
    title: 'certificates can be read and have not expired',
    cost: 'nothing',
    run: () =>
      given(facts.ground, 'config', () =>
        facts.files.isKnown ? judge(facts.files.value, facts) : failed(facts.files.error),
      ),
  }
}

function judge({ client }: TlsFiles, { authorities, nowMs }: CertificateFacts): Finding {
  const findings = [
    ...authorities.map((file) => judgeAuthorities(file, nowMs())),
    ...(client ? [judgeClient(client.cert, nowMs())] : []),
  ]
  const worst = (['fail', 'warn'] as const).map((verdict) =>
    findings.find((found) => found.verdict === verdict),
  )
  const [found] = worst.filter((finding) => finding !== undefined)
  return (
    found ?? ok(findings.map(({ evidence }) => evidence).join('; ') || 'none but those of Node.js are used')
  )
}

/** One that has expired among others is no more than useless. */
function judgeAuthorities({ path, origin }: AuthorityFile, nowMs: number): Finding {
  const remedy = `have a new file of authorities, and name it in \`${origin}\``
  const place = `${path} (${origin})`
  try {
    const ends = endsOf(readFileSync(path, 'utf8'))
    if (ends.length === 0) return fail(`${place} holds no certificate`, { remedy })
    const last = Math.max(...ends)
    if (last < nowMs) return fail(`${place} expired on ${dayOf(last)}`, { remedy })
    const first = Math.min(...ends)
    if (first < nowMs + SOON_MS) return warn(`a certificate in ${place} ends on ${dayOf(first)}`, { remedy })
    return ok(`${place} lasts until ${dayOf(first)}`)
  } catch (error) {
    return warn(`${place} cannot be read: ${reasonOf(error)}`, { remedy })
  }
}

function judgeClient(cert: string, nowMs: number): Finding {
  const [end = 0] = endsOf(cert)
  const remedy = 'have it renewed, and put the new one in its place'
  if (end < nowMs) return fail(`your own certificate expired on ${dayOf(end)}`, { remedy })
  if (end < nowMs + SOON_MS) return warn(`your own certificate ends on ${dayOf(end)}`, { remedy })
  return ok(`your own certificate lasts until ${dayOf(end)}`)
}

function endsOf(text: string): readonly number[] {
  return certificatesIn(text).map((certificate) => Date.parse(new X509Certificate(certificate).validTo))
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
