import { shellWord } from '../../base/shell-word.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'

/**
 * A placeholder that the shell fills, or ends with this error; the credential itself is in no record. It has a name of its own, since
 * `claude-gw env` puts the gateway's token into `ANTHROPIC_AUTH_TOKEN`, which must not go upstream.
 */
const KEY = `\${UPSTREAM_KEY:?set it to the key of the upstream}`
const API_KEY = `"x-api-key: ${KEY}"`
const TOKEN = `"authorization: Bearer ${KEY}"`
const ANTHROPIC = 'https://api.anthropic.com'

/** Where the body is looked for, if it is not kept. */
export const BODY_FILE = 'request.json'

/**
 * A line for a POSIX shell that makes the request of a record again, without its credential. A body that is kept comes from
 * `logs show`, another one from BODY_FILE.
 */
export function curlCommand(record: ExchangeRecord): string {
  const { method, upstream, path, query, stream, request_headers = {}, request_bytes, request_body } = record
  const { 'accept-encoding': encodings, 'content-encoding': coding, ...others } = request_headers
  // What stands in BODY_FILE is hardly compressed, nor is a body that is kept decoded.
  const isAsSent = request_body && !request_body.decoded
  const headers = coding && isAsSent ? { ...others, 'content-encoding': coding } : others
  const hasBody = request_bytes > 0
  const words = [
    // Brackets in a URL are no patterns.
    `curl --globoff${stream ? ' --no-buffer' : ''}${encodings ? ' --compressed' : ''}`,
    `-X ${shellWord(method)}`,
    `-H ${isAnthropic(record) ? API_KEY : TOKEN}`,
    ...Object.entries(hasBody ? { 'content-type': 'application/json', ...headers } : headers).map(
      ([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`,
    ),
    ...(hasBody ? [`--data-binary @${request_body ? '-' : BODY_FILE}`] : []),
    `--url ${shellWord(`${upstream}${path}${query ? `?${query}` : ''}`)}`,
  ]
  const before = request_body ? `claude-gw logs show ${shellWord(record.id)} --raw request | \\\n` : ''
  return `${before}${words.join(' \\\n  ')}`
}

/** Anthropic's API takes a key in a header of its own; gateways and Claude Code's own login take a bearer token. */
function isAnthropic({ upstream, credential }: ExchangeRecord): boolean {
  const isThere = URL.canParse(upstream) && new URL(upstream).origin === ANTHROPIC
  return isThere && credential?.source !== 'passthrough'
}
