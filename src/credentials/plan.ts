import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiKeyHelper } from './api-key-helper.ts'
import type { AuthStyle, CredentialPlan, CredentialStore } from './credential.ts'
import { environmentStore } from './environment.ts'
import { parseReference, REFERENCE_FORMS } from './reference.ts'
import type { Surroundings } from './stores.ts'
import { HELPER_TIMEOUT_MS, helperTtlMs, noReference, openStore, openStores } from './stores.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What Claude Code itself has, and `auto` may take. */
export interface ClaudeCredentials {
  /** The `env` of the settings files that Claude Code lets choose a credential; it goes before the environment. */
  readonly settingsEnv?: Variables
  /** Whether an ANTHROPIC_API_KEY may be used without being asked for. */
  readonly mayUseApiKey: boolean
  /** Of user or managed settings: a repository may not choose a credential. */
  readonly apiKeyHelper?: ApiKeyHelper
}

/**
 * Turns the key `credential` into a plan. Which kind it is has to be known before the child is started, so nothing is
 * looked up here.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function planCredential(
  text: string,
  origin: string,
  surroundings: Surroundings,
  claude: ClaudeCredentials,
): Promise<CredentialPlan> {
  const reference = parseReference(text)
  if (!reference)
    throw noReference({ key: 'credential', origin }, `\`auto\`, \`passthrough\`, ${REFERENCE_FORMS}`)
  if (reference.scheme === 'passthrough') return { kind: 'passthrough' }
  if (reference.scheme === 'auto') return planAuto(surroundings, claude)
  const withheld = reference.scheme === 'env' ? [reference.name] : []
  return inject([await openStore(reference, surroundings)], withheld, surroundings)
}

/** The order of https://code.claude.com/docs/en/authentication, with what `login` stored before all of it. */
async function planAuto(surroundings: Surroundings, claude: ClaudeCredentials): Promise<CredentialPlan> {
  const variables = claudeVariables(surroundings, claude)
  const stores = [
    ...(await storedKey(surroundings)),
    ...variables.map((variable) => environmentStore(variable)),
    ...(await helper(surroundings, claude)),
  ]
  if (stores.length === 0) return { kind: 'passthrough' }
  return inject(
    stores,
    variables.map(({ name }) => name),
    surroundings,
  )
}

function inject(
  stores: readonly CredentialStore[],
  withheld: readonly string[],
  surroundings: Surroundings,
): CredentialPlan {
  const reference = stores[0]?.reference ?? ''
  return { kind: 'inject', reference, source: openStores(stores, surroundings), withheld }
}

/** Only what `login` has noted: asking the keychain takes time, and can ask the user. */
async function storedKey(surroundings: Surroundings): Promise<CredentialStore[]> {
  const { stateDirectory, profile } = surroundings
  if (!existsSync(join(stateDirectory, 'accounts'))) return []
  const { readAccount } = await import('./accounts.ts')
  if (!readAccount(stateDirectory, profile)) return []
  return [await openStore({ scheme: 'keychain', account: profile }, surroundings)]
}

/** A subscriber must not be moved to paid billing silently, so an API key has conditions and a token has none. */
function claudeVariables({ machine }: Surroundings, { settingsEnv = {}, mayUseApiKey }: ClaudeCredentials) {
  const names: readonly (readonly [string, AuthStyle])[] = [
    ['ANTHROPIC_AUTH_TOKEN', 'bearer'],
    ...(mayUseApiKey ? [['ANTHROPIC_API_KEY', 'x-api-key'] as const] : []),
  ]
  const places = { settings: settingsEnv, env: machine.env }
  return names.flatMap(([name, style]) => {
    const place = (['settings', 'env'] as const).find((candidate) => places[candidate][name]?.trim())
    return place ? [{ name, env: places[place], reference: `${place}:${name}`, style }] : []
  })
}

/** Claude Code writes the `env` of its settings over its own environment, and the helper sees that. */
async function helper(surroundings: Surroundings, claude: ClaudeCredentials): Promise<CredentialStore[]> {
  if (!claude.apiKeyHelper) return []
  const { apiKeyHelperStore } = await import('./api-key-helper.ts')
  const { machine, timeoutMs = HELPER_TIMEOUT_MS } = surroundings
  const seen = { ...machine, env: { ...machine.env, ...claude.settingsEnv } }
  const freshness = { ttlMs: helperTtlMs({ ...surroundings, machine: seen }) }
  return [apiKeyHelperStore(claude.apiKeyHelper, { machine: seen, timeoutMs, freshness })]
}
