import { isLiteralSecret } from '../../config/literal-secret.ts'
import type { SettingKey } from '../../config/setting.ts'
import { commandName } from '../../credentials/command-name.ts'
import { isSecretReference, parseReference } from '../../credentials/reference.ts'
import { isSecretName } from '../../exchange/likely-secret.ts'
import { MASK, redact } from '../../exchange/redact.ts'
import { isJsonObject } from '../../json/object.ts'
import { namesTag } from '../upstream/header-values.ts'

/**
 * Who looks: anybody over the shoulder, or in a pasted listing; or the person who shall trust a file, and has to see
 * what it would run and send.
 */
export type Audience = 'anybody' | 'judge'

/** Stands where a secret stands, or what could be one. */
export const HIDDEN = '[hidden]'

/**
 * The one rule for what is shown of a value. Names of places are shown, of a command only its program; of a URL neither
 * who signs in nor its query. A literal where a secret may stand is hidden, whatever it looks like.
 */
export function visibleValue(text: string, setting: SettingKey, audience: Audience): string {
  const shown = visiblePart(text, setting, audience)
  return isLiteralSecret(shown.replaceAll(HIDDEN, ''), setting) ? HIDDEN : shown
}

/** The same for all that is nested in a value, and for the names in it. */
export function visibleJson(json: unknown, setting: SettingKey, audience: Audience): unknown {
  if (typeof json === 'string') return visibleValue(json, setting, audience)
  if (Array.isArray(json)) return json.map((item) => visibleJson(item, setting, audience))
  if (!isJsonObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, item]) => [visibleName(name), visibleJson(item, setting, audience)]),
  )
}

/** The name of a setting, or one within its value: somebody may have taken it for the place of a key. */
export function visibleName(name: string): string {
  return redact(name.replace(USER_OF_ANY_URL, `$1${HIDDEN}@`), []).text.replaceAll(MASK, HIDDEN)
}

function visiblePart(text: string, setting: SettingKey, audience: Audience): string {
  switch (setting.key) {
    case 'credential':
    case 'tls.passphrase':
    case 'policies.limits.storeCredential':
    case 'serve.metricsCredential':
      return text === '' ? text : (shownReference(text, audience) ?? HIDDEN)
    case 'headers':
      return shownHeader(text, setting, audience)
    case 'upstream':
    case 'proxy':
      return text.replace(USER_OF_URL, `$1${HIDDEN}@`).replace(/([?#])[\s\S]*$/, `$1${HIDDEN}`)
    default:
      return text.replace(USER_OF_ANY_URL, `$1${HIDDEN}@`)
  }
}

/** A password may hold what should have been encoded in it: behind a colon, all up to the last `@` may be one. */
const USER_OF_ANY_URL = /(\b[a-z][a-z\d+.-]*:\/\/)(?:[^\s@]*:\S*|[^/?#\s]*)@/gi
/** Where nothing but a URL may stand, with or without its beginning. */
const USER_OF_URL = /^([a-z][a-z\d+.-]*:\/\/|(?![a-z][a-z\d+.-]*:\/\/))(?:[^@]*:[\s\S]*|[^/?#]*)@/i

/** Undefined for what is no reference: it may be the key itself. */
function shownReference(text: string, audience: Audience): string | undefined {
  const reference = parseReference(text)
  if (reference?.scheme !== 'command' || audience === 'judge') return reference && text
  const { line } = reference
  const name = commandName(line) ?? HIDDEN
  return /\s/.test(line.trim()) ? `command:${name} …` : `command:${name}`
}

function shownHeader(text: string, { entry = '' }: SettingKey, audience: Audience): string {
  if (namesTag(text)) return text
  if (isSecretReference(text)) return shownReference(text, audience) ?? HIDDEN
  return audience === 'judge' && !isSecretName(entry) ? text : HIDDEN
}
