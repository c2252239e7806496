import type { ConfigKey } from './schema.ts'

/** What something from elsewhere is called here. */
interface OwnName {
  readonly key: ConfigKey
  /** The entry, where the key is a map. */
  readonly entry?: string
  readonly value?: string
}

/** What keys are called in guides for gateways and in other tools; without a name here the value is a key itself. */
const GUIDE_NAMES: Readonly<Record<string, OwnName | 'a key'>> = {
  baseurl: { key: 'upstream' },
  gatewayurl: { key: 'upstream' },
  apikey: 'a key',
  apikeyref: { key: 'credential', value: 'a reference such as `keychain:NAME`' },
  apikeyhelper: { key: 'credential', value: '`command:LINE`' },
  authheader: { key: 'auth', value: '`header:NAME`' },
  modelaliases: { key: 'models.aliases' },
  projecttag: { key: 'tags', entry: 'project' },
  costcenter: { key: 'tags', entry: 'costCenter' },
}

/**
 * What is said to who writes such a name, or one below it, in a file; undefined for any other name.
 * @param name in any letter case, with `_` or `-` between its words
 */
export function guideName(name: string): string | undefined {
  const own = find(name) ?? find(name.replace(/\..*$/s, ''))
  if (own === undefined) return undefined
  if (own === 'a key') return 'a key stands in no file: `claude-gw login` stores it'
  return called(own.entry === undefined ? own.key : `${own.key}.${own.entry}`, own.value)
}

/** The same for a variable. @param name without what ours begin with; @param variableOf the variable of a key */
export function guideVariable(name: string, variableOf: (key: string) => string): string | undefined {
  const own = find(name)
  if (own === undefined) return undefined
  if (own === 'a key')
    return `\`claude-gw login\` stores a key, and \`${variableOf('credential')}=env:NAME\` names the variable of one`
  return called(variableOf(own.key), own.entry === undefined ? own.value : `\`{"${own.entry}":"…"}\``)
}

function find(name: string): OwnName | 'a key' | undefined {
  const words = name.toLowerCase().replace(/[_-]/g, '')
  return Object.hasOwn(GUIDE_NAMES, words) ? GUIDE_NAMES[words] : undefined
}

function called(name: string, value: string | undefined): string {
  return `here it is called \`${name}\`${value === undefined ? '' : `: ${value}`}`
}
