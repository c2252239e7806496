import { plainCanaries, randomCanaries } from './canaries.ts'
import type { AskingRun } from './claude-run.ts'
import type { Ask, HeaderPairs } from './gateway-client.ts'
import { ask } from './gateway-client.ts'

/** What a client sends as a secret, by name or just so. */
export const CLIENT_SECRETS = {
  ...plainCanaries(
    'client authorization',
    'client x-api-key',
    'client cookie',
    'client proxy password',
    'client token header',
    'client query key',
  ),
  ...randomCanaries('client path', 'client parameter', 'client header', 'client body'),
}

/** What is asked of the upstream, and how the exchange ends; the last one comes from somebody who was not let in. */
const REQUESTS = {
  echo: 'ok',
  refusal: 'http_error',
  garbage: 'upstream_error',
  redirect: 'upstream_error',
  cut: 'truncated',
  stranger: 'refused',
} as const

/** How the exchanges end, in their order. */
export const OUTCOMES = Object.values(REQUESTS)

const HEADERS: HeaderPairs = [
  ['X-Api-Key', CLIENT_SECRETS['client x-api-key']],
  ['Cookie', `theme=dark; session=${CLIENT_SECRETS['client cookie']}`],
  ['Proxy-Authorization', `Basic ${btoa(`me:${CLIENT_SECRETS['client proxy password']}`)}`],
  ['X-Company-Token', CLIENT_SECRETS['client token header']],
  ['X-Team', CLIENT_SECRETS['client header']],
]

const BODY = JSON.stringify({
  model: 'm',
  messages: [{ role: 'user', content: CLIENT_SECRETS['client body'] }],
})

const QUERY = new URLSearchParams({
  key: CLIENT_SECRETS['client query key'],
  q: CLIENT_SECRETS['client parameter'],
})

/**
 * Sends all of it to the gateway of a run, in each request.
 * @param afterEach is called behind each answer
 * @returns the answers of claude-gw itself
 */
export async function askEverything(run: AskingRun, afterEach: () => void): Promise<string> {
  const port = Number(new URL(run.url).port)
  const own: string[] = []
  for (const name of Object.keys(REQUESTS)) {
    const body = String((await ask({ port }, requestFor(name, run))).body)
    if (body.includes('"claude-gw: ')) own.push(body)
    afterEach()
  }
  return own.join('\n')
}

/** In passthrough the secret of the gateway stands in its URL, and the client shows a login of its own. */
function requestFor(name: string, { url, token }: AskingRun): Ask {
  const path = `/v1/${name}/${encodeURIComponent(CLIENT_SECRETS['client path'])}/messages?${QUERY}`
  if (name === 'stranger') return { path, access: [], headers: HEADERS, body: BODY }
  const prefix = new URL(url).pathname.replace(/\/$/, '')
  const bearer = token ?? CLIENT_SECRETS['client authorization']
  return {
    path: prefix + path,
    access: [['Authorization', `Bearer ${bearer}`]],
    headers: HEADERS,
    body: BODY,
  }
}
