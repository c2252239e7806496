import { randomBytes } from 'node:crypto'

/**
 * How a client of this gateway proves that it was let in: by a token in `authorization` or `x-api-key`, or by a
 * secret path prefix, which leaves those headers to the client's own login.
 */
export type Access =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'path'; readonly secret: string }

/** A new secret of 256 bits, safe in headers and in URLs. */
export function createAccess(kind: Access['kind']): Access {
  const secret = randomBytes(32).toString('base64url')
  return kind === 'token' ? { kind, token: `cgw-${secret}` } : { kind, secret }
}

/** Path prefix of the base URL that a client is given. */
export function basePath(access: Access): string {
  return access.kind === 'path' ? `/${access.secret}` : ''
}

/** What a client has to know. */
export function secretOf(access: Access): string {
  return access.kind === 'token' ? access.token : access.secret
}
