import { GatewayError } from '../../base/errors.ts'
import { shellWord } from '../../base/shell-word.ts'
import { isRuleName } from '../../config/rule-fields.ts'
import type { ConfigKey } from '../../config/schema.ts'
import type { SettingName } from '../../config/setting-name.ts'

/** Where the form of a value does not follow from what is said of the key. */
const EXAMPLES: { readonly [Key in ConfigKey]?: string } = {
  upstream: 'https://gateway.example.com',
  credential: 'keychain:default',
  auth: 'header:ApiKey',
  headers: '{"X-Team":"payments"}',
  'models.aliases': '{"claude-opus-5-5":"corp-opus"}',
  'tls.ca': '~/certificates/company.pem',
  'tls.cert': '~/certificates/client.pem',
  'tls.key': '~/certificates/client-key.pem',
  'tls.passphrase': 'keychain:client-key',
  proxy: 'http://proxy.example.com:8080',
  tags: '{"costCenter":"4711"}',
  'log.redact': String.raw`["ACME-\\d{6}"]`,
  prices: '~/prices.json',
  'policies.guard.deny': String.raw`["ACME-\\d{6}"]`,
  'policies.guard.flag': String.raw`["ACME-\\d{6}"]`,
}

/** Rules are set one by one, each of them whole. */
const RULE_EXAMPLES: { readonly [Key in ConfigKey]?: { readonly name: string; readonly rule: string } } = {
  'policies.limits.rules': { name: 'daily', rule: '{"usd":20,"per":"day"}' },
  'policies.decorators': { name: 'brief', rule: '{"text":"Answer in one sentence."}' },
}

/** What is wrong with a value that is to be stored, with what to write in its place; any other error as it is. */
export function settingFault(error: unknown, name: SettingName): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'CONFIG_BAD_VALUE') return error
  return new GatewayError('CONFIG_BAD_SETTING', { fault: error.message, remedy: remedyOf(name) }, error)
}

function remedyOf(setting: SettingName): string {
  const { key, entry, names } = setting
  const rule = RULE_EXAMPLES[key]
  if (rule) return `for example: claude-gw config set ${ruleName(setting, rule.name)} ${shellWord(rule.rule)}`
  const shown = names.join('.')
  const example = entry === undefined ? EXAMPLES[key] : undefined
  if (example !== undefined) return `for example: claude-gw config set ${shown} ${shellWord(example)}`
  return `nothing was changed; \`claude-gw config unset ${shown}\` goes back to the default`
}

/** Of the rule that was meant, if one may be called that. */
function ruleName({ entry, names }: SettingName, fallback: string): string {
  const above = entry === undefined ? names : names.slice(0, -1)
  const own = entry?.replace(/\..*$/s, '') ?? ''
  return [...above, isRuleName(own) ? own : fallback].join('.')
}
