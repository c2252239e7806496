import { createHmac } from 'node:crypto'

/** Of a request: random text of the asker. */
export const NONCE_HEADER = 'x-claude-gw-nonce'
/** Of the answer to it. */
export const PROOF_HEADER = 'x-claude-gw-proof'

/**
 * What only a gateway with this secret can answer, and what tells nothing about the secret (HMAC-SHA256, RFC 2104).
 * The port is in it so that nobody else can pass the question on and the answer back.
 */
export function proofOf(secret: string, port: number, nonce: string): string {
  return createHmac('sha256', secret).update(`claude-gw probe ${port} ${nonce}`).digest('base64url')
}
