import { GatewayError } from '../base/errors.ts'
import { redact } from '../exchange/redact.ts'

const LONGEST_SHOWN = 64

/** What is wrong with a value. @param shown the value as people may see it, such as `quoted` gives it */
export function badValue(origin: string, key: string, expected: string, shown: string): GatewayError {
  return new GatewayError('CONFIG_BAD_VALUE', { origin, key: shownName(key), expected, value: shown })
}

/** The text of a value in quotes, short, and without what looks like a secret in it. */
export function quoted(text: string): string {
  return `"${shownName(redact(text, []).text)}"`
}

/** A name out of a file, short and without what could move the cursor of a terminal. */
export function shownName(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')
  return safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe
}
