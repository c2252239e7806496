import { isJsonObject } from '../json/object.ts'

/** Three parts of base64url; the first is a JSON object, and `{"` is always `eyJ`. */
const JWT = /^eyJ[\w-]*\.([\w-]+)\.[\w-]*$/

/** The last moment that a `Date` can hold. */
const LAST_MS = 8.64e15

/**
 * When a JSON Web Token expires, in ms since 1970; undefined for any other token, and for one without such a moment
 * (RFC 7519 section 4.1.4: `exp`, in seconds, not always whole ones). Nothing is verified: that is for the upstream.
 */
export function expiryMs(token: string): number | undefined {
  const payload = JWT.exec(token)?.[1]
  if (payload === undefined) return undefined
  const seconds = expClaim(Buffer.from(payload, 'base64url').toString())
  return typeof seconds === 'number' && Math.abs(seconds) * 1000 <= LAST_MS ? seconds * 1000 : undefined
}

/** Whether it has the form of a JSON Web Token. */
export function isJwt(token: string): boolean {
  return JWT.test(token)
}

function expClaim(text: string): unknown {
  try {
    const claims: unknown = JSON.parse(text)
    return isJsonObject(claims) ? claims['exp'] : undefined
  } catch {
    return undefined
  }
}
