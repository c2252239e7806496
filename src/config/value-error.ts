import { GatewayError } from '../base/errors.ts'

const LONGEST_SHOWN = 64
/** Shorter than the keys of any vendor. */
const LONGEST_WHOLE = 24
const BEGINNING = 12

/** What is wrong with a value. @param shown the value as people may see it, such as `shownValue` gives it */
export function badValue(origin: string, key: string, expected: string, shown: string): GatewayError {
  return new GatewayError('CONFIG_BAD_VALUE', { origin, key: shownName(key), expected, value: shown })
}

/** A value of a key as an error may show it: nothing of a header, which may be a key, and of a proxy not who signs in. */
export function shownValue(key: string, text: string): string {
  if (key === 'headers') return 'what stands there (it is not shown: it may hold a key)'
  return quoted(key === 'proxy' ? text.replace(/^.*@/s, '') : text)
}

/** A text in quotes. Of a long one only the beginning, since it may be a secret. */
export function quoted(text: string): string {
  return `"${shownName(text.length > LONGEST_WHOLE ? `${text.slice(0, BEGINNING)}…` : text)}"`
}

/** A name out of a file, short and without what could move the cursor of a terminal. */
export function shownName(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')
  return safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe
}
