import { GatewayError } from '../base/errors.ts'
import { isExcepted } from './no-proxy.ts'
import { isLoopback } from './url.ts'

/** What all connections to an upstream go through. */
export interface ForwardProxy {
  /** Without user name and password. */
  readonly url: URL
  /** For `Proxy-Authorization`. A secret. */
  readonly authorization: string | undefined
  /** The password, alone and as it is sent. */
  readonly secrets: readonly string[]
  /** The key or the variable that names it, for errors. */
  readonly origin: string
}

export interface ProxyInput {
  /** Of the key `proxy`: `auto`, `off` or a URL. */
  readonly value: string
  readonly origin: string
  /** Of the process, below that of Claude Code's settings. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a variable of it stands, for errors. */
  readonly originOf: (variable: string) => string
}

/**
 * The proxy to an upstream; undefined connects directly, which is always so for this machine itself. `auto` takes the
 * first variable that Claude Code would take, with its exceptions (https://code.claude.com/docs/en/network-config). A
 * URL in the key has no exceptions.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function resolveProxy(
  upstream: URL,
  { value, origin, env, originOf }: ProxyInput,
): ForwardProxy | undefined {
  if (value === 'off' || isLoopback(upstream.hostname)) return undefined
  if (value !== 'auto') return parseProxy(value, origin)
  const variable = VARIABLES[upstream.protocol]?.find((name) => env[name])
  const text = variable && env[variable]
  if (!text || isExcepted(upstream.hostname, portOf(upstream), env['no_proxy'] || env['NO_PROXY'] || ''))
    return undefined
  return parseProxy(text, originOf(variable))
}

const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY'],
}

const SHORTEST_TOKEN = 16

/** The port that a URL means. */
export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** A host alone means plain http, as curl has it. */
function parseProxy(text: string, origin: string): ForwardProxy {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw badValue(text, origin)
  const [user, password] = [decode(url.username), decode(url.password)]
  // Some proxies take a token for the name of the user; a short name is none.
  const secret = password || (user.length >= SHORTEST_TOKEN ? user : '')
  const signIn = user || password ? base64(`${user}:${password}`) : undefined
  return {
    url: new URL(`${url.protocol}//${url.host}`),
    // RFC 7617
    authorization: signIn && `Basic ${signIn}`,
    secrets: signIn && secret ? [secret, signIn] : [],
    origin,
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** A bare `%` means itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function badValue(text: string, origin: string): GatewayError {
  const shown = text.replace(/^.*@/s, '')
  return new GatewayError('CONFIG_BAD_VALUE', {
    origin,
    key: 'proxy',
    expected: '`auto`, `off` or the URL of an http or https proxy (SOCKS is not supported)',
    value: `"${shown}"`,
  })
}
