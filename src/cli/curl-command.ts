import { shellWord } from '../base/shell-word.ts'
import type { ExchangeRecord } from '../exchange/exchange.ts'

/** A placeholder that the shell fills; the credential itself is in no record. */
const API_KEY = '"x-api-key: $ANTHROPIC_API_KEY"'
const TOKEN = '"authorization: Bearer $ANTHROPIC_AUTH_TOKEN"'

/** Where the body is looked for, if it is not kept. */
export const BODY_FILE = 'request.json'

/**
 * A line for a POSIX shell that makes the request of a record again, without its credential. A body that is kept comes from
 * `logs show`, another one from BODY_FILE.
 */
export function curlCommand(record: ExchangeRecord): string {
  const { method, upstream, path, query, stream, request_headers = {}, request_bytes, request_body } = record
  const { 'accept-encoding': encodings, ...headers } = request_headers
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
  return upstream.startsWith('https://api.anthropic.com') && credential?.source !== 'passthrough'
}
