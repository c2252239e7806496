import type { AuthStyle } from '../credentials/credential.ts'
import { HOP_BY_HOP, SENDERS_OWN } from '../network/message-headers.ts'

const CLIENT_CREDENTIALS = new Set(['authorization', 'x-api-key', 'cookie'])

const OAUTH_BETA = 'oauth-2025-04-20'

type HeaderObject = Record<string, string | string[]>

export interface OutgoingOptions {
  readonly host: string
  /** Undefined for a request without a body. */
  readonly contentLength: number | undefined
  /** Our credential in place of the client's; undefined lets the client's own through. */
  readonly credential:
    | { readonly value: string; readonly style: AuthStyle; readonly isOauth: boolean }
    | undefined
  readonly extra: Readonly<Record<string, string>>
  /** Asks for an answer that is not compressed, because it will be changed. */
  readonly isPlainWanted?: boolean
}

/**
 * The headers for the upstream, from the raw list of the client: same names, case, order and duplicates, less
 * hop-by-hop headers and, with a credential of ours, less all others.
 */
export function outgoingHeaders(raw: readonly string[], options: OutgoingOptions): HeaderObject {
  const dropped = connectionNames(raw)
  const replaced = replacedNames(options)
  const headers: HeaderObject = { Host: options.host }
  const seen = new Map<string, string>()
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const lower = name.toLowerCase()
    if (HOP_BY_HOP.has(lower) || SENDERS_OWN.has(lower) || replaced.has(lower) || dropped?.has(lower))
      continue
    append(headers, seen, name, lower, raw[i + 1] as string)
  }
  const { credential, extra } = options
  for (const [name, value] of Object.entries(extra))
    if (!credential || !carriesCredential(name, credential.style)) headers[name] = value
  if (credential) addCredential(headers, seen, credential)
  if (options.isPlainWanted) headers[seen.get('accept-encoding') ?? 'Accept-Encoding'] = 'identity'
  // Lower case, because http-proxy-3 looks for exactly this name before it adds a length of its own.
  if (options.contentLength !== undefined) headers['content-length'] = String(options.contentLength)
  return headers
}

/** Whether a header is one that says who sends a request; with a credential of ours, no other such goes beside it. */
export function carriesCredential(name: string, style: string): boolean {
  const lower = name.toLowerCase()
  return CLIENT_CREDENTIALS.has(lower) || style.toLowerCase() === `header:${lower}`
}

/**
 * The raw list for the client: the upstream's, less hop-by-hop headers.
 * @param untrue names, in lower case, of what is no longer true of the body
 */
export function incomingHeaders(raw: readonly string[], untrue: readonly string[] = []): string[] {
  const dropped = connectionNames(raw)
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const lower = (raw[i] as string).toLowerCase()
    if (HOP_BY_HOP.has(lower) || dropped?.has(lower)) continue
    if (untrue.includes(lower)) continue
    headers.push(raw[i] as string, raw[i + 1] as string)
  }
  return headers
}

/** Names listed in Connection are hop-by-hop too; usually there is only `keep-alive` or `close`. */
function connectionNames(raw: readonly string[]): Set<string> | undefined {
  let names: Set<string> | undefined
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.length !== 10 || raw[i]?.toLowerCase() !== 'connection') continue
    names ??= new Set()
    for (const name of (raw[i + 1] as string).split(',')) names.add(name.trim().toLowerCase())
  }
  return names
}

function replacedNames({ credential, extra }: OutgoingOptions): ReadonlySet<string> {
  const extraNames = Object.keys(extra)
  const target = credential?.style.startsWith('header:') ? [credential.style.slice(7).toLowerCase()] : []
  if (extraNames.length === 0 && target.length === 0) return credential ? CLIENT_CREDENTIALS : new Set()
  const names = extraNames.map((name) => name.toLowerCase())
  return new Set([...(credential ? CLIENT_CREDENTIALS : []), ...names, ...target])
}

function append(
  headers: HeaderObject,
  seen: Map<string, string>,
  name: string,
  lower: string,
  value: string,
): void {
  const key = seen.get(lower)
  if (key === undefined) {
    seen.set(lower, name)
    headers[name] = value
    return
  }
  const before = headers[key] as string | string[]
  headers[key] = Array.isArray(before) ? [...before, value] : [before, value]
}

function addCredential(
  headers: HeaderObject,
  seen: ReadonlyMap<string, string>,
  { value, style, isOauth }: NonNullable<OutgoingOptions['credential']>,
): void {
  if (style === 'bearer' || style === 'both') headers['Authorization'] = `Bearer ${value}`
  if (style === 'x-api-key' || style === 'both') headers['X-Api-Key'] = value
  if (style.startsWith('header:')) headers[style.slice(7)] = value
  if (isOauth) addOauthBeta(headers, seen.get('anthropic-beta') ?? 'anthropic-beta')
}

/** Without this beta the API answers an OAuth token with 401. */
function addOauthBeta(headers: HeaderObject, name: string): void {
  const given = [headers[name] ?? []].flat()
  if (given.some((value) => value.split(',').some((beta) => beta.trim() === OAUTH_BETA))) return
  headers[name] = [...given.slice(0, -1), [...given.slice(-1), OAUTH_BETA].join(',')]
}
