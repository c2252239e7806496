import type { Config } from '../../config/config.ts'
import type { ConfigKey, Values } from '../../config/schema.ts'
import { environmentName } from '../../config/schema.ts'
import type { AuthStyle, CredentialPlan, CredentialSource } from '../../credentials/credential.ts'
import { planCredential } from '../../credentials/plan.ts'
import { isSecretReference, parseReference } from '../../credentials/reference.ts'
import type { Surroundings } from '../../credentials/stores.ts'
import { openReference } from '../../credentials/stores.ts'
import type { TlsSettings } from '../../network/secure-context.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { namesTag, tagHeaders } from './header-values.ts'
import { machineOf } from './machine.ts'
import { refuseRivalHeaders } from './rival-headers.ts'
import { openTls } from './tls.ts'
import type { ClaudeSources } from './upstream.ts'

/** Everything secret that a gateway needs for its requests and its connections. */
export interface Secrets {
  readonly credentials: CredentialPlan
  readonly authStyle: AuthStyle | undefined
  readonly extraHeaders: Readonly<Record<string, string | CredentialSource>>
  readonly tls: TlsSettings
  /** Looks up the password of the store of limits; undefined where there is none. @throws GatewayError of the source */
  readonly storePassword: () => Promise<string | undefined>
  /** Looks up what lets a reader of metrics in; undefined where there is none. @throws GatewayError of the source */
  readonly readerToken: () => Promise<string | undefined>
  /** Names of the variables that hold one of them. */
  readonly withheld: readonly string[]
  /** Tells what is known to be wrong before anything is looked up. @throws GatewayError of the sources */
  readonly check: () => void
  /** Looks the credential up ahead of the first request, which would tell why if it fails. */
  readonly prefetch: () => Promise<void>
}

export interface SecretsInput {
  readonly upstream: Upstream
  readonly claude: ClaudeSources
  readonly mayUseApiKey: boolean
  /** Labels of the records, which a header may carry too. */
  readonly tags: Readonly<Record<string, string>>
  /** Tells a person what is waited for; absent where the terminal is the child's. */
  readonly onWait?: (reference: string) => void
}

/** Opens the sources that the configuration names, without looking anything up. @throws GatewayError CONFIG_BAD_VALUE, CONFIG_RIVAL_HEADER */
export async function openSecrets(context: Context, input: SecretsInput): Promise<Secrets> {
  const config = context.config()
  const { values, origins } = config
  const surroundings = surroundingsOf(context, input)
  const { claude, mayUseApiKey } = input
  const credentials = await planCredential(values.credential, origins.credential, surroundings, {
    settingsEnv: { ...claude.userEnv, ...claude.managedEnv },
    mayUseApiKey,
    ...(claude.apiKeyHelper && { apiKeyHelper: claude.apiKeyHelper }),
  })
  refuseRivalHeaders(config, credentials)
  const extraHeaders = {
    ...tagHeaders(values.headers, input.tags),
    ...(await openHeaders(values.headers, origins.headers, surroundings)),
  }
  const sources = sourcesOf(credentials, extraHeaders)
  return {
    credentials,
    authStyle: (values.auth || undefined) as AuthStyle | undefined,
    extraHeaders,
    tls: await openTls(context, surroundings, claude),
    storePassword: () => findSecret(config, 'policies.limits.storeCredential', surroundings),
    readerToken: () => findSecret(config, 'serve.metricsCredential', surroundings),
    withheld: [
      ...(credentials.kind === 'inject' ? credentials.withheld : []),
      ...namedVariables(config),
      ...tellingVariables(values),
    ],
    check: () => {
      for (const source of sources) source.check()
    },
    prefetch: async () => {
      await Promise.all(sources.map(async (source) => source.current()))
    },
  }
}

function surroundingsOf(context: Context, { upstream, claude, onWait }: SecretsInput): Surroundings {
  const { values } = context.config()
  return {
    profile: values.profile,
    upstream: upstream.url.origin,
    stateDirectory: context.stateDirectory(),
    machine: machineOf(context, ownEnvironment(claude.env)),
    ttlMs: values.credentialTtl,
    timeoutMs: values.credentialTimeout,
    ...(onWait && { onWait }),
  }
}

/** The token that an outer run put there is no credential for an upstream. */
function ownEnvironment(env: Context['env']): Context['env'] {
  return env['CLAUDE_GW_RUN_ID'] ? { ...env, ANTHROPIC_AUTH_TOKEN: undefined } : env
}

async function openHeaders(
  headers: Readonly<Record<string, string>>,
  origin: string,
  surroundings: Surroundings,
): Promise<Secrets['extraHeaders']> {
  const open = async ([name, value]: [string, string]) => {
    const place = { key: `headers.${name}`, origin }
    return [name, isSecretReference(value) ? await openReference(value, place, surroundings) : value] as const
  }
  const entries = Object.entries(headers).filter(([, value]) => !namesTag(value))
  return Object.fromEntries(await Promise.all(entries.map(open)))
}

/** It goes to no upstream, so it is not bound to one. */
async function findSecret(
  { values, origins }: Config,
  key: 'policies.limits.storeCredential' | 'serve.metricsCredential',
  surroundings: Surroundings,
): Promise<string | undefined> {
  if (!values[key]) return undefined
  const place = { key, origin: origins[key] }
  const source = await openReference(values[key], place, { ...surroundings, upstream: undefined })
  return (await source.current()).value
}

function sourcesOf(credentials: CredentialPlan, headers: Secrets['extraHeaders']): CredentialSource[] {
  const ofHeaders = Object.values(headers).filter((value) => typeof value !== 'string')
  return credentials.kind === 'inject' ? [credentials.source, ...ofHeaders] : ofHeaders
}

/** Our own variables that can hold a secret in their text: that of a header, of a command, or of a proxy. */
export function tellingVariables(values: Values): string[] {
  const isCommand = (text: string) => parseReference(text)?.scheme === 'command'
  const keys = REFERENCE_KEYS.filter((key) => isCommand(values[key]))
  const proxy = values.proxy.includes('@') ? ['proxy'] : []
  return [...keys, ...proxy, 'headers'].map(environmentName)
}

/** What Claude Code itself logs in with: the gateway takes it out where a key of ours goes in its place. */
const OF_CLAUDE = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN']

/**
 * Names of the variables that the configuration itself names as the place of a secret, also for other profiles: theirs
 * are keys of an upstream as well.
 */
export function namedVariables({ values, said }: Config): string[] {
  const inUse = [...Object.values(values.headers), ...REFERENCE_KEYS.map((key) => values[key])]
  const elsewhere = said.filter(({ key }) => SECRET_KEYS.includes(key)).map(({ value }) => String(value))
  const others = elsewhere.flatMap(variableOf).filter((name) => !OF_CLAUDE.includes(name))
  return [...new Set([...inUse.flatMap(variableOf), ...others])]
}

/** Those of them that Claude Code has no use for, without a gateway either. */
export function secretVariables(config: Config): string[] {
  const named = namedVariables(config).filter((name) => !OF_CLAUDE.includes(name))
  return [...named, ...tellingVariables(config.values)]
}

const REFERENCE_KEYS = [
  'credential',
  'tls.passphrase',
  'policies.limits.storeCredential',
  'serve.metricsCredential',
] as const
const SECRET_KEYS: readonly ConfigKey[] = ['headers', ...REFERENCE_KEYS]

function variableOf(text: string): string[] {
  const reference = isSecretReference(text) ? parseReference(text) : undefined
  return reference?.scheme === 'env' ? [reference.name] : []
}
