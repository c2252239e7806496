import { GatewayError } from '../base/errors.ts'
import { isSecretName, maskRandomWords } from '../exchange/likely-secret.ts'
import { redact } from '../exchange/redact.ts'
import { isJsonObject } from '../json/object.ts'
import type { JsonNode } from './json-tree.ts'
import { isMembers } from './json-tree.ts'
import type { ConfigKey } from './schema.ts'
import type { SettingKey } from './setting.ts'
import { findSettingKey } from './setting.ts'
import { shownKey } from './value-error.ts'

/** Headers that hold a key whatever it looks like. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'api-key', 'apikey', 'x-auth-token', 'cookie']
const REFERENCE = /^(keychain|env|file|command|vault|tag):|^op:\/\//i
const URL_WITH_PASSWORD = /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]+@/i
/** Within a text, where signs that may not stand in a URL (RFC 3986) say that it is a pattern, or is yet to be filled in. */
const PASSWORD_WITHIN = /\b[a-z][a-z\d+.-]*:\/\/[^/?#@\s[\]{}<>\\^|]*:[^/?#@\s[\]{}<>\\^|]+@/i
const PATTERNS: readonly ConfigKey[] = [
  'log.redact',
  'policies.patterns',
  'policies.guard.deny',
  'policies.guard.flag',
]
/** Their values may be references. */
const RESOLVED: readonly ConfigKey[] = [
  'headers',
  'tls.passphrase',
  'policies.limits.storeCredential',
  'serve.metricsCredential',
]

/** Whether a value is a secret itself, and not the name of its place. */
export function isLiteralSecret(text: string, setting: SettingKey | undefined): boolean {
  if (redact(text, []).count > 0 || hasPassword(text, setting)) return true
  switch (setting?.key) {
    case 'credential':
    case 'tls.passphrase':
    case 'policies.limits.storeCredential':
    case 'serve.metricsCredential':
      return !/^$|^(auto|passthrough)$|^[a-z]+:/i.test(text.trim())
    case 'headers':
      return !REFERENCE.test(text) && isSecretHeader(setting.entry ?? '', text)
    default:
      return false
  }
}

function hasPassword(text: string, setting: SettingKey | undefined): boolean {
  const isPattern = setting !== undefined && PATTERNS.includes(setting.key)
  return PASSWORD_WITHIN.test(text) || (!isPattern && URL_WITH_PASSWORD.test(text))
}

function isSecretHeader(name: string, text: string): boolean {
  if (KEY_HEADERS.includes(name.toLowerCase())) return true
  return isSecretName(name) && maskRandomWords(text) !== text
}

/** The same of all that is nested in a value, and of the names in it. */
export function holdsLiteralSecret(json: unknown, setting: SettingKey): boolean {
  if (Array.isArray(json)) return json.some((item) => holdsLiteralSecret(item, setting))
  if (!isJsonObject(json)) return isLiteralSecret(String(json), setting)
  return Object.entries(json).some(
    ([name, item]) => isLiteralSecret(name, undefined) || holdsLiteralSecret(item, setting),
  )
}

/** Refuses a file for many that holds a secret, wherever in it. @throws GatewayError CONFIG_LITERAL_SECRET */
export function refuseLiteralSecrets(root: JsonNode, path: string): void {
  visit(root, [], (text, names, line) => {
    const setting = findSettingKey(withoutProfile(names).join('.'))
    if (isLiteralSecret(text, setting)) throw literalSecret(`${path}:${line}`, names.join('.'), setting)
  })
}

function visit(
  { value, line }: JsonNode,
  names: readonly string[],
  onText: (text: string, names: readonly string[], line: number) => void,
): void {
  if (typeof value === 'string') onText(value, names, line)
  else if (isMembers(value)) for (const [name, child] of value) visit(child, [...names, name], onText)
  else if (Array.isArray(value)) for (const child of value as readonly JsonNode[]) visit(child, names, onText)
}

function withoutProfile(names: readonly string[]): readonly string[] {
  return names[0] === 'profiles' ? names.slice(2) : names
}

/** What such a value is answered with, and the way to keep it. */
export function literalSecret(origin: string, name: string, setting: SettingKey | undefined): GatewayError {
  return new GatewayError('CONFIG_LITERAL_SECRET', {
    origin,
    key: shownKey(name),
    remedy: remedyOf(setting),
  })
}

function remedyOf(setting: SettingKey | undefined): string {
  switch (setting?.key) {
    case 'upstream':
      return 'take it out of the URL, and store it with `claude-gw login`'
    case 'proxy':
      return 'take it out, and name that proxy in the variable CLAUDE_GW_PROXY or HTTPS_PROXY'
    case 'credential':
      return storing('claude-gw login', 'keychain:')
    default:
      if (setting && !RESOLVED.includes(setting.key))
        return 'take it out (no reference is resolved there); `claude-gw login` stores a key'
      return storing('claude-gw --credential keychain:NAME login', 'keychain:NAME')
  }
}

function storing(command: string, reference: string): string {
  return `take it out, store it with \`${command}\`, and write \`${reference}\` in its place`
}
