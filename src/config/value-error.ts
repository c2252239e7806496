import { GatewayError } from '../base/errors.ts'
import { MASK, redact } from '../exchange/redact.ts'
import { shownName } from './shown-name.ts'

/** Shorter than the keys of any vendor. */
const LONGEST_WHOLE = 24
const BEGINNING = 12

/** What is wrong with a value. @param shown the value as people may see it, such as `shownValue` gives it */
export function badValue(origin: string, key: string, expected: string, shown: string): GatewayError {
  return new GatewayError('CONFIG_BAD_VALUE', { origin, key: shownKey(key), expected, value: shown })
}

const KEYS_LISTED = 'the keys are listed by `claude-gw help configuration`'

/** Says that there is no such key. @param hint what was probably meant, such as `did you mean …?`, or nothing */
export function unknownKey(
  origin: string,
  key: string,
  hint: string | undefined,
  remedy: string = KEYS_LISTED,
): GatewayError {
  const shown = { key: shownKey(key), hint: hint ? `; ${hint}` : '' }
  return new GatewayError('CONFIG_UNKNOWN_KEY', { origin, ...shown, remedy })
}

/** Keys whose value may be a secret itself, by mistake or not. */
const MAY_HOLD_SECRET = [
  'headers',
  'credential',
  'tls.passphrase',
  'policies.limits.store',
  'policies.limits.storeCredential',
  'serve.metricsCredential',
]

/** A value of a key as an error may show it: nothing of what may be a secret, of a URL neither who signs in nor its query. */
export function shownValue(key: string, value: string | number | boolean | null): string {
  if (MAY_HOLD_SECRET.includes(key)) return 'what stands there (it is not shown: it may hold a key)'
  if (typeof value !== 'string') return String(value)
  const isUrl = key === 'proxy' || key === 'upstream'
  return quoted(isUrl ? value.replace(/^.*@/s, '').replace(/[?#].*$/s, '') : value)
}

/** A text in quotes. Of a long one only the beginning, since it may be a secret. */
export function quoted(text: string): string {
  return `"${shownName(text.length > LONGEST_WHOLE ? `${text.slice(0, BEGINNING)}…` : text)}"`
}

/** The name of a setting: who mistakes a key for a name shall not see it again. */
export function shownKey(name: string): string {
  return shownName(redact(name, []).text.replace(/(?<=:\/\/)[^\s/]+(?=@)/g, MASK))
}
