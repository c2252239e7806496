/** Headers of one connection (RFC 9110 section 7.6.1), and the older names that proxies know. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers that each sender says for itself: `host` and the framing; `expect` was answered by our own server. */
export const SENDERS_OWN: ReadonlySet<string> = new Set(['host', 'content-length', 'expect'])
