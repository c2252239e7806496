import { answerOf, apiErrorAnswer, headBytes } from './answer.ts'
import { randomCanaries, repeatAll } from './canaries.ts'
import type { Fault } from './fault-upstream.ts'
import { answer, choose, cut, wire } from './faults.ts'
import type { HeaderPairs } from './gateway-client.ts'

/** Its own, which it tells to nobody beforehand. */
export const UPSTREAM_SECRETS = randomCanaries(
  'upstream words',
  'upstream cookie',
  'upstream challenge',
  'upstream location',
  'upstream garbage',
)

/** Those that it is shown stand in these headers. */
const SHOWN = ['authorization', 'x-api-key', 'x-gateway-key', 'cookie', 'x-company-token']
/** These are kept in the traffic log. */
const RECORDED = ['Server', 'Via', 'CF-Ray', 'Request-Id', 'Retry-After', 'Anthropic-Ratelimit-Limit']

/**
 * An upstream that repeats every secret that it was ever shown, and some of its own. How it does so stands in the path:
 * `/echo/`, `/garbage/`, `/redirect/` or `/cut/`; any other request is refused.
 */
export function repeatEverything(): Fault {
  const shown = new Set<string>()
  return choose(({ request }) => {
    for (const value of SHOWN.flatMap((name) => request.values(name))) shown.add(value.replace('Bearer ', ''))
    return misdeed(/\/(echo|garbage|redirect|cut)\//.exec(request.target)?.[1], repeatAll([...shown]))
  })
}

function misdeed(name: string | undefined, words: string): Fault {
  const headers = headersWith(words)
  const message = messageWith(words, headers)
  switch (name) {
    case 'echo':
      return answer(message)
    case 'garbage':
      return wire(`HTTP/1.1 20x ${UPSTREAM_SECRETS['upstream garbage']}\r\n\r\n`, 'fin')
    case 'redirect':
      return answer({ status: 307, headers })
    case 'cut':
      return cut(message, headBytes(message).length + 10, 'fin')
    default:
      return answer(apiErrorAnswer(401, 'authentication_error', refusalWith(words), headers))
  }
}

function headersWith(words: string): HeaderPairs {
  return [
    ...RECORDED.map((name) => [name, words] as const),
    ['Set-Cookie', `id=${UPSTREAM_SECRETS['upstream cookie']}`],
    ['WWW-Authenticate', `Bearer token="${UPSTREAM_SECRETS['upstream challenge']}"`],
    ['Location', locationWith(UPSTREAM_SECRETS['upstream location'])],
  ]
}

function locationWith(secret: string): string {
  const text = encodeURIComponent(secret)
  return `https://me:${text}@other.example/${text}?code=${text}`
}

function messageWith(words: string, headers: HeaderPairs) {
  const usage = { input_tokens: 1, output_tokens: 1, service_tier: words }
  return answerOf({
    headers: [['Content-Type', 'application/json'], ...headers],
    body: JSON.stringify({ type: 'message', model: words, stop_reason: words, usage }),
  })
}

function refusalWith(words: string): string {
  return `${UPSTREAM_SECRETS['upstream words']} is not ${words}`
}
