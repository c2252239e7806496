import { readAccount, writeAccount } from './accounts.ts'
import type { Keychain } from './keychain.ts'

/** An account and the one origin that its key is for. */
export interface Destination {
  readonly stateDirectory: string
  readonly account: string
  readonly origin: string
}

/**
 * Puts a key into the keychain for one origin, in place of what is there, and notes that.
 * @throws GatewayError KEYCHAIN_*, CREDENTIAL_FAILED, STATE_UNWRITABLE
 */
export async function storeKey(destination: Destination, keychain: Keychain, secret: string): Promise<void> {
  const { stateDirectory, account, origin } = destination
  await keychain.set(account, secret, origin)
  writeAccount(stateDirectory, { account, origin, storedAt: new Date().toISOString() })
}

/** Makes the key, which is in the keychain, one for this origin. @throws as storeKey */
export async function confirmKey(
  destination: Destination,
  keychain: Keychain,
  secret: string,
): Promise<void> {
  const { stateDirectory, account, origin } = destination
  await keychain.confirm(account, secret, origin)
  const storedAt = readAccount(stateDirectory, account)?.storedAt ?? null
  writeAccount(stateDirectory, { account, origin, storedAt })
}
