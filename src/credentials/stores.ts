import { GatewayError } from '../base/errors.ts'
import { shellWord } from '../base/shell-word.ts'
import type { CredentialSource, CredentialStore, Freshness } from './credential.ts'
import { environmentStore } from './environment.ts'
import type { Machine } from './machine.ts'
import type { Reference } from './reference.ts'
import { parseReference, REFERENCE_FORMS } from './reference.ts'
import { openSource } from './source.ts'

/** What a profile and its machine say about credentials, whichever of them is used. */
export interface Surroundings {
  readonly profile: string
  /** Origin that the credentials go to; a key stored by `login` goes to no other than its own. Undefined for none. */
  readonly upstream: string | undefined
  readonly stateDirectory: string
  readonly machine: Machine
  /** The keys `credentialTtl` and `credentialTimeout`; undefined leaves them to the kind of source. */
  readonly ttlMs: number | undefined
  readonly timeoutMs: number | undefined
  /** Called when a look-up takes long enough to wonder, with what is waited for. */
  readonly onWait?: (reference: string) => void
}

/** Where a value stands that names a credential. */
export interface Place {
  readonly key: string
  readonly origin: string
}

const HELPER_TTL_MS = 300_000
export const HELPER_TIMEOUT_MS = 10_000
/** `op` asks a person for a fingerprint or a password. */
const PROMPT_TIMEOUT_MS = 60_000

/** The source of one secret beside the credential, such as that of a header. @throws GatewayError CONFIG_BAD_VALUE */
export async function openReference(
  text: string,
  place: Place,
  surroundings: Surroundings,
): Promise<CredentialSource> {
  const reference = parseReference(text)
  if (!reference || reference.scheme === 'auto' || reference.scheme === 'passthrough')
    throw noReference(place)
  return openStores([await openStore(reference, surroundings)], surroundings)
}

/** Names where nothing is found. */
export function openStores(
  stores: readonly CredentialStore[],
  { profile, onWait }: Surroundings,
): CredentialSource {
  const names = stores.map(({ reference }) => reference).join(', ')
  const account = stores[0]?.reference.replace(/^keychain:/, '') ?? profile
  const missing = () =>
    new GatewayError('CREDENTIAL_NOT_FOUND', {
      upstream: `profile ${profile}`,
      reason: `there is nothing in ${names}`,
      remedy: `store it: \`${commandFor(profile, `${optionFor(account, profile)}login`)}\``,
    })
  return openSource(stores, { missing, ...(onWait && { onWait }) })
}

/** `login` without it would replace the key of the profile. */
function optionFor(account: string, profile: string): string {
  return account === profile ? '' : `--credential ${shellWord(`keychain:${account}`)} `
}

export function noReference({ key, origin }: Place, expected = REFERENCE_FORMS): GatewayError {
  return new GatewayError('CONFIG_BAD_VALUE', {
    origin,
    key,
    expected,
    value: 'what stands there (it is not shown, in case it is a secret)',
  })
}

type StoredReference = Exclude<Reference, { readonly scheme: 'auto' } | { readonly scheme: 'passthrough' }>

/** The place that a reference names; only its code is loaded, since `claude-gw key` is waited for. */
export async function openStore(
  reference: StoredReference,
  surroundings: Surroundings,
): Promise<CredentialStore> {
  const { machine, profile, ttlMs, timeoutMs } = surroundings
  const program = {
    machine,
    timeoutMs: timeoutMs ?? HELPER_TIMEOUT_MS,
    freshness: { ttlMs: helperTtlMs(surroundings) },
  }
  const untilRefused: Freshness = ttlMs === undefined ? 'until-refused' : { ttlMs }
  switch (reference.scheme) {
    case 'keychain':
      return openAccount(reference.account || profile, surroundings, untilRefused)
    case 'env':
      return environmentStore({ name: reference.name, env: machine.env })
    case 'file':
      return (await import('./file.ts')).fileStore(reference.path, machine)
    case 'command':
      return (await import('./command.ts')).commandStore(reference.line, program)
    case 'vault':
      return (await import('./vault.ts')).vaultStore(reference, program)
    case 'op':
      return (await import('./one-password.ts')).onePasswordStore(reference.uri, {
        machine,
        timeoutMs: timeoutMs ?? PROMPT_TIMEOUT_MS,
        freshness: untilRefused,
      })
  }
}

async function openAccount(
  account: string,
  surroundings: Surroundings,
  freshness: Freshness,
): Promise<CredentialStore> {
  const { openKeychain } = await import('./keychain.ts')
  const { keychainStore } = await import('./keychain-store.ts')
  const { machine, upstream, stateDirectory, profile } = surroundings
  const named = optionFor(account, profile)
  const target = upstream === undefined ? '' : `--upstream ${shellWord(upstream)} `
  const loginCommand = commandFor(profile, `${named}${target}login --keep`)
  return keychainStore({ account, upstream, stateDirectory, loginCommand, freshness }, openKeychain(machine))
}

/** How long Claude Code uses what a helper printed (https://code.claude.com/docs/en/env-vars), unless ours says so. */
export function helperTtlMs({ machine, ttlMs }: Pick<Surroundings, 'machine' | 'ttlMs'>): number {
  if (ttlMs !== undefined) return ttlMs
  const text = machine.env['CLAUDE_CODE_API_KEY_HELPER_TTL_MS']?.trim()
  return text && /^\d+$/.test(text) ? Number(text) : HELPER_TTL_MS
}

function commandFor(profile: string, rest: string): string {
  return `claude-gw ${profile === 'default' ? '' : `--profile ${profile} `}${rest}`
}
