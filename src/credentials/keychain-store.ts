import { GatewayError } from '../base/errors.ts'
import { addAccount, readAccount } from './accounts.ts'
import type { Credential, CredentialStore, Freshness } from './credential.ts'
import type { Keychain } from './keychain.ts'
import { checkToken } from './token.ts'

export interface StoredKey {
  readonly account: string
  /** Origin that the key would be sent to. */
  readonly upstream: string
  readonly stateDirectory: string
  /** The command that confirms the origin, for people. */
  readonly loginCommand: string
  readonly freshness: Freshness
}

/**
 * The key of an account in the keychain. It goes to the one origin recorded for it and to no other; the first use
 * records that of a key which `login` has not stored, such as one that `secret-tool` or a deployment script put there.
 */
export function keychainStore(stored: StoredKey, keychain: Keychain): CredentialStore {
  const reference = `keychain:${stored.account}`
  const check = () => checkOrigin(reference, stored)
  const read = async (): Promise<Credential | undefined> => {
    check()
    const value = await keychain.get(stored.account)
    if (value === undefined) return undefined
    const { account, upstream: origin, stateDirectory } = stored
    const token = checkToken(value.trim(), reference)
    addAccount(stateDirectory, { account, origin, storedAt: null })
    // A login, or another gateway, may have been faster.
    check()
    return { value: token, source: reference }
  }
  return { reference, freshness: stored.freshness, check, read }
}

function checkOrigin(
  reference: string,
  { account, upstream, stateDirectory, loginCommand }: StoredKey,
): void {
  const recorded = readAccount(stateDirectory, account)
  if (!recorded || recorded.origin === upstream) return
  throw new GatewayError('CREDENTIAL_ORIGIN', {
    reference,
    stored: recorded.origin ?? 'no upstream yet (a login was interrupted)',
    upstream,
    command: loginCommand,
  })
}
