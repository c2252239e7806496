import type { Config } from '../../config/config.ts'
import type { Reference } from '../../credentials/reference.ts'
import { parseReference } from '../../credentials/reference.ts'
import { noReference } from '../../credentials/stores.ts'

/** What the key of a profile is kept under. */
export interface KeyAccount {
  readonly account: string
  /** Whether this configuration uses what is stored there. */
  readonly isInUse: boolean
}

/** The account that `credential` names, else that of the profile. @throws GatewayError CONFIG_BAD_VALUE */
export function keyAccount({ values, origins }: Config): KeyAccount {
  const reference = parseReference(values.credential)
  if (!reference) throw noReference({ key: 'credential', origin: origins.credential })
  return { account: accountIn(reference) || values.profile, isInUse: isStored(reference) }
}

function accountIn(reference: Reference): string {
  return reference.scheme === 'keychain' ? reference.account : ''
}

function isStored({ scheme }: Reference): boolean {
  return scheme === 'keychain' || scheme === 'auto'
}

/** How people know the keychain of their system, and where in it an account is. */
export function describePlace(account: string, platform: NodeJS.Platform): string {
  return `the ${keychainName(platform)} (service claude-gw, account ${account})`
}

function keychainName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'login keychain'
  return platform === 'win32' ? 'Credential Manager' : 'Secret Service keyring'
}
