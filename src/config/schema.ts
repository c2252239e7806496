import { parseDuration } from '../base/duration.ts'
import { parseSize } from '../base/size.ts'
import { HOP_BY_HOP, SENDERS_OWN } from '../network/message-headers.ts'

/** How the text of a value becomes the value; undefined means it is not of that kind. */
interface Kind<T> {
  readonly expected: string
  readonly parse: (text: string) => T | undefined
}

export interface Key<T> {
  readonly kind: Kind<T>
  readonly default: T
  readonly help: string
}

const text: Kind<string> = { expected: 'a text', parse: (value) => value }
const boolean = oneOf('true', 'false')
const duration: Kind<number> = { expected: 'a duration such as 10s or 5m', parse: parseDuration }
const size: Kind<number> = { expected: 'a size such as 512KB or 32MB', parse: parseSize }
const port: Kind<number> = {
  expected: 'a port number from 0 to 65535',
  parse: (value) => (/^\d{1,5}$/.test(value) && Number(value) <= 65535 ? Number(value) : undefined),
}
const profileName: Kind<string> = {
  expected: 'a name of letters, digits, `-`, `_` or `.`',
  parse: (value) => (/^[\w.-]{1,64}$/.test(value) ? value : undefined),
}
const authStyle: Kind<string> = {
  expected: '`bearer`, `x-api-key`, `both` or `header:NAME`',
  parse: parseAuthStyle,
}
const proxyChoice: Kind<string> = {
  expected: '`auto`, `off` or the URL of a proxy',
  parse: (value) => (['auto', 'off'].includes(value) || URL.canParse(value) ? value : undefined),
}
const textMap: Kind<Readonly<Record<string, string>>> = {
  expected: 'a JSON object of texts',
  parse: parseTextMap,
}
const headerMap: Kind<Readonly<Record<string, string>>> = {
  expected:
    'a JSON object of header names (not those of the connection itself) and values of printable ASCII',
  parse: parseHeaderMap,
}

/** Every key of the configuration: the one table that the reader, the help and the README follow. */
export const SCHEMA = {
  profile: key(profileName, 'default', 'name of the upstream in use; stands in every record'),
  upstream: key(text, '', 'URL of the API or gateway behind claude-gw'),
  credential: key(text, 'auto', 'where the upstream key comes from: auto, passthrough, or a reference'),
  credentialTtl: key<number | undefined>(
    duration,
    undefined,
    'how long a credential is used before it is fetched again',
  ),
  credentialTimeout: key<number | undefined>(
    duration,
    undefined,
    'time for a command that gives a credential',
  ),
  auth: key(authStyle, '', 'how the key is sent: bearer, x-api-key, both, header:NAME'),
  headers: key(headerMap, {}, 'extra request headers, as a JSON object'),
  'models.aliases': key(textMap, {}, 'requested model to the name that the upstream has for it'),
  'timeouts.connect': key(duration, 10_000, 'time to connect to the upstream'),
  'timeouts.firstByte': key(duration, 0, 'time to the first byte of an answer'),
  'timeouts.idle': key(duration, 360_000, 'silence allowed in the middle of an answer'),
  'tls.ca': key(text, '', 'file of authorities to trust beside those of Node.js (PEM)'),
  'tls.cert': key(text, '', 'file of the certificate for an upstream that asks for one (PEM)'),
  'tls.key': key(text, '', 'file of the private key of that certificate (PEM)'),
  'tls.passphrase': key(text, '', 'where the passphrase of that key comes from: a reference'),
  proxy: key(proxyChoice, 'auto', 'auto (HTTPS_PROXY and NO_PROXY), off, or the URL of a proxy'),
  allowHttp: key(boolean, 'false', 'allow a plain http upstream that is not on this machine'),
  maxBodyBytes: key(size, 32 * 1024 ** 2, 'largest request body'),
  toolSearch: key(oneOf('auto', 'on', 'off'), 'auto', 'give MCP tool search back to Claude Code'),
  fineGrainedStreaming: key(oneOf('auto', 'on', 'off'), 'auto', 'give fine-grained tool streaming back'),
  tags: key(textMap, {}, 'labels for every record, as a JSON object'),
  'log.level': key(oneOf('off', 'meta'), 'meta', 'meta writes one record per exchange, off none'),
  'retry.upstream': key(oneOf('off', 'connect'), 'connect', 'try once more when no connection could be made'),
  'claude.command': key(text, '', 'the program to launch instead of `claude` on PATH'),
  'serve.port': key(port, -1, 'port of `serve`; 0 for any free one'),
  'serve.idleExit': key<number | undefined>(
    duration,
    undefined,
    'how long `serve` waits without a request before it ends',
  ),
} as const

export type ConfigKey = keyof typeof SCHEMA
export type Values = { readonly [K in ConfigKey]: (typeof SCHEMA)[K]['default'] }

/** `timeouts.firstByte` to `CLAUDE_GW_TIMEOUTS_FIRST_BYTE`. */
export function environmentName(name: string): string {
  return `CLAUDE_GW_${name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\./g, '_')
    .toUpperCase()}`
}

function key<T>(kind: Kind<T>, fallback: T, help: string): Key<T> {
  return { kind, default: fallback, help }
}

function oneOf<T extends string>(...choices: readonly T[]): Kind<T> {
  const expected = choices.map((choice) => `\`${choice}\``).join(' or ')
  return { expected, parse: (value) => choices.find((choice) => choice === value) }
}

function parseAuthStyle(value: string): string | undefined {
  const isKnown = ['bearer', 'x-api-key', 'both'].includes(value)
  return isKnown || (value.startsWith('header:') && isFreeToSet(value.slice(7))) ? value : undefined
}

function parseHeaderMap(value: string): Readonly<Record<string, string>> | undefined {
  const map = parseTextMap(value)
  const isUsable = ([name, text]: [string, string]) => isFreeToSet(name) && /^[\x20-\x7e]*$/.test(text)
  return map && Object.entries(map).every(isUsable) ? map : undefined
}

/** Whether it is the name of a header (RFC 9110 section 5.6.2) that is not about the connection or the framing. */
function isFreeToSet(name: string): boolean {
  const lower = name.toLowerCase()
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !HOP_BY_HOP.has(lower) && !SENDERS_OWN.has(lower)
}

function parseTextMap(value: string): Readonly<Record<string, string>> | undefined {
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    const entries = Object.entries(parsed)
    return entries.every(([, item]) => typeof item === 'string') ? Object.fromEntries(entries) : undefined
  } catch {
    return undefined
  }
}
