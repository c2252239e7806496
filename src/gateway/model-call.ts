import { servedPath } from '../network/served-path.ts'
import type { ExchangeFacts } from './exchange-facts.ts'

/** Creating a message and counting its tokens; in a batch, which Claude Code never sends, the names stand deeper. */
const CALLS = /\/v1\/messages(\/count_tokens)?(\?|$)/i

const MESSAGE = /\/v1\/messages(\?|$)/i

/** Whether a request is one for a message, which costs something. */
export function asksModel({ method, target }: ExchangeFacts): boolean {
  return method === 'POST' && MESSAGE.test(servedPath(target))
}

/** Whether policies are asked about a request, which may be coded in a way that they cannot read. */
export function isPoliced({ method, target, body }: ExchangeFacts): boolean {
  const hasBody = body.isChunked || (body.length ?? 0) > 0
  return hasBody && isModelCall(method, target)
}

/** Whether a body with it would be about a message. */
export function isModelCall(method: string, target: string): boolean {
  return method === 'POST' && CALLS.test(servedPath(target))
}

/** Whether a request should have the name of a model at the top of its body, where it can be read. */
export function namesModel(facts: ExchangeFacts): boolean {
  return isPoliced(facts) && !facts.body.isEncoded
}
