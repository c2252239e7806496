import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../base/errors.ts'
import type { ForwardProxy } from './forward-proxy.ts'

/**
 * What a proxy's answer means that opens no tunnel.
 * @param target host and port that it was asked for
 */
export function refusalOf(answer: IncomingMessage, proxy: ForwardProxy, target: string): GatewayError {
  const { statusCode = 0, statusMessage = '' } = answer
  const details = { proxy: proxy.url.origin, origin: proxy.origin }
  if (statusCode === 407) return new GatewayError('PROXY_AUTH', { ...details, ...askedFor(answer, proxy) })
  const status = `${statusCode} ${statusMessage.replace(/[^\x20-\x7e]/g, '').slice(0, LONGEST_PHRASE)}`.trim()
  // In 5xx the proxy speaks of the way behind it, which may be there again in a moment.
  const code = statusCode >= 400 && statusCode < 500 ? 'PROXY_REFUSED' : 'PROXY_FAILED'
  return new GatewayError(code, { ...details, target, status })
}

const LONGEST_PHRASE = 80

const NEGOTIATED = 'Kerberos and NTLM are not supported'

function askedFor(
  answer: IncomingMessage,
  { url, authorization, origin }: ForwardProxy,
): Record<string, string> {
  const schemes = schemesOf(answer.headers['proxy-authenticate'] ?? '')
  if (schemes.length > 0 && !schemes.some((scheme) => /^basic$/i.test(scheme)))
    return {
      reason: `asks for ${schemes.join(' or ')}; only Basic is spoken here, ${NEGOTIATED}`,
      remedy: 'run a local proxy that signs in for you, such as px or cntlm, and name it in CLAUDE_GW_PROXY',
    }
  const form = `${url.protocol}//USER:PASSWORD@${url.host}`
  return authorization === undefined
    ? {
        reason: 'asks for a user name and a password',
        remedy: `put them into ${origin}, percent-encoded: ${form}`,
      }
    : {
        reason: 'does not accept the user name and the password',
        remedy: `correct them in ${origin}, percent-encoded: ${form}`,
      }
}

/** The names at the beginning of challenges; behind a comma there may be parameters instead (RFC 9110 section 11.6.1). */
function schemesOf(challenges: string): string[] {
  const plain = challenges.replace(/"[^"]*"/g, '""')
  const names = [...plain.matchAll(/(?:^|,)\s*([\w-]+)(?=\s+[^\s=]|\s*,|\s*$)/g)].map(([, name = '']) => name)
  return [...new Set(names)]
}
