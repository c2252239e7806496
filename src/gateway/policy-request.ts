import type { PolicyRequest } from '../policies/policy.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { headerValue } from './header-value.ts'

/** A request as policies see it. Its body must be whole. */
export function policyRequest({ target, rawHeaders, body }: ExchangeFacts): PolicyRequest {
  const { model, maxTokens } = body.asked()
  return {
    path: pathOf(target),
    body: Buffer.concat(body.chunks),
    isEncoded: body.isEncoded,
    model,
    maxTokens,
    session: headerValue(rawHeaders, 'x-claude-code-session-id'),
    agent: headerValue(rawHeaders, 'x-claude-code-agent-id'),
  }
}

/** Without the query. */
export function pathOf(target: string): string {
  return target.replace(/\?.*$/s, '')
}
