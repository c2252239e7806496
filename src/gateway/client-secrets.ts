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
    if (isSecretName(rawHeaders[i] as string)) values.push(...wordsOf(rawHeaders[i + 1] as string))
  }
  return values.flatMap(readings).filter((value) => value.length >= SHORTEST)
}

/** What stands behind a scheme such as `Bearer`, and the values of several cookies. */
function wordsOf(value: string): string[] {
  const [, password] = /^basic\s+(\S+)$/i.exec(value) ?? []
  const words = value.split(/[\s,;]+/).map((word) => word.replace(/^[^=]+=(?=[^=])/, ''))
  return password === undefined ? words : [...words, passwordOf(password)]
}

/** RFC 7617: base64 of `user:password`. */
function passwordOf(basic: string): string {
  return Buffer.from(basic, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

function readings(value: string): string[] {
  if (!value.includes('%')) return [value]
  try {
    return [value, decodeURIComponent(value)]
  } catch {
    return [value]
  }
}
