import type { Config } from '../config/config.ts'
import type { Keychain } from '../credentials/keychain.ts'
import { openKeychain } from '../credentials/keychain.ts'
import type { Reference } from '../credentials/reference.ts'
import { parseReference } from '../credentials/reference.ts'
import { noReference } from '../credentials/stores.ts'
import type { Context } from './context.ts'
import { machineOf } from './machine.ts'
import { noteWait } from './wait-notice.ts'

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

const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const WAIT_MS = 2_000

/** The keychain for a command at a terminal: it says what is waited for, and a signal takes the prompt away as well. */
export function openPatientKeychain(context: Context): Keychain {
  const keychain = openKeychain(machineOf(context))
  // Through `exit`, which takes along the process that asks the keychain.
  for (const [signal, exitCode] of Object.entries(STOPS)) process.once(signal, () => process.exit(exitCode))
  return {
    get: (account) => noting(context, keychain.get(account)),
    set: (account, secret) => noting(context, keychain.set(account, secret)),
    delete: (account) => noting(context, keychain.delete(account)),
  }
}

async function noting<T>(context: Context, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => noteWait(context)('the keychain'), WAIT_MS)
  try {
    return await answer
  } finally {
    clearTimeout(timer)
  }
}
