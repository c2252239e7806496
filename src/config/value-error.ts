import { GatewayError } from '../base/errors.ts'
import { redact } from '../exchange/redact.ts'

const LONGEST_SHOWN = 64

/** What is wrong with a value. It is shown short, and not at all where it looks like a secret. */
export function badValue(origin: string, key: string, expected: string, value: unknown): GatewayError {
  const shown = typeof value === 'string' ? `"${shownName(redact(value, []).text)}"` : JSON.stringify(value)
  return new GatewayError('CONFIG_BAD_VALUE', { origin, key: shownName(key), expected, value: shown })
}

/** A text of a file, short and without what could move the cursor of a terminal. */
export function shownName(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')
  return safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe
}
