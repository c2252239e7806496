import { isSecretName } from '../exchange/likely-secret.ts'
import { secretsOfTarget } from './shown-target.ts'

/** Shorter values are placeholders and flags. */
const SHORTEST = 8

/**
 * What a client sent as a secret, by the names of its headers and parameters: an upstream that does not accept one may
 * repeat it in its answer. The 32 KB that a head may have bound what is found.
 */
export function clientSecrets(rawHeaders: readonly string[], target: string): string[] {
  const values = secretsOfTarget(target)
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (isSecretName(rawHeaders[i] as string)) values.push(...partsOf(rawHeaders[i + 1] as string))
  }
  return [...new Set(values.flatMap(readings))].filter((value) => value.length >= SHORTEST)
}

/** A value without its scheme, and each of several cookies or parameters in it. */
function partsOf(value: string): string[] {
  const secret = value.replace(/^(bearer|basic)\s+/i, '')
  const words = /[\s,;=]/.test(secret) ? secret.split(/[\s,;]+/) : []
  const values = words.map((word) => word.slice(word.indexOf('=') + 1))
  const password = /^basic\s/i.test(value) ? [passwordOf(secret)] : []
  return [secret, ...words, ...values, ...password]
}

/** RFC 7617: base64 of `user:password`. */
function passwordOf(basic: string): string {
  return Buffer.from(basic, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

/** As it was sent, and decoded; in a query a plus sign may stand for a space. */
function readings(value: string): string[] {
  return /[%+]/.test(value) ? [value, decoded(value), decoded(value.replaceAll('+', ' '))] : [value]
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
