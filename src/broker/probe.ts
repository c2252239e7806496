import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { isSame } from '../base/secret.ts'
import { NONCE_HEADER, PROOF_HEADER, proofOf } from '../network/proof.ts'

const PROBE_TIMEOUT_MS = 1_000

/** How its clients are let in; a secret path stands in the URL. */
export type ProbedAccess = { readonly kind: 'token'; readonly token: string } | { readonly kind: 'path' }

/**
 * Whether the gateway with this access answers at its URL. Its port may belong to another program by now, which would
 * get the prompts, so the gateway has to prove that it knows the secret; the secret itself is not sent.
 */
export function isGateway(url: string, access: ProbedAccess): Promise<boolean> {
  const { origin, port, pathname } = new URL(url)
  const secret = access.kind === 'token' ? access.token : pathname.slice(1)
  const nonce = randomBytes(32).toString('base64url')
  const expected = proofOf(secret, Number(port), nonce)
  return ask(origin, nonce).then(
    ({ headers }) => isSame(String(headers[PROOF_HEADER]), expected),
    () => false,
  )
}

/** Without credentials and without a path, as the first request of Claude Code. */
function ask(origin: string, nonce: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { [NONCE_HEADER]: nonce }
    const probe = request(origin, { method: 'HEAD', headers, timeout: PROBE_TIMEOUT_MS, agent: false })
    probe.on('response', (answer) => resolve(answer.resume()))
    probe.on('timeout', () => probe.destroy(new Error('timeout')))
    probe.on('error', reject)
    probe.end()
  })
}
