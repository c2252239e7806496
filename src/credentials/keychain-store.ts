import { GatewayError } from '../base/errors.ts'
import { addAccount, readAccount, writeAccount } from './accounts.ts'
import type { Credential, CredentialStore, Freshness } from './credential.ts'
import type { Keychain } from './keychain.ts'
import { checkToken } from './token.ts'

export interface StoredKey {
  readonly account: string
  /** Origin that the key would be sent to; undefined for a secret that goes to none. */
  readonly upstream: string | undefined
  readonly stateDirectory: string
  /** The command that confirms the origin, for people. */
  readonly loginCommand: string
  readonly freshness: Freshness
}

/**
 * The key of an account in the keychain. It goes to the one origin that the keychain names for it and to no other; the
 * first use names that of a key which `login` has not stored, such as one that `secret-tool` or a deployment script put
 * there. The note of it tells before the keychain is asked, and tells a process that remembers the key of a `logout`.
 */
export function keychainStore(stored: StoredKey, keychain: Keychain): CredentialStore {
  const { account, upstream, freshness } = stored
  const reference = `keychain:${account}`
  let inUse: Use | undefined
  const read = async (): Promise<Credential | undefined> => {
    inUse = undefined
    checkNote(stored, inUse)
    const entry = await keychain.get(account, upstream)
    if (!entry) return undefined
    if (entry.secret === undefined) throw otherOrigin(stored, entry.origin)
    const value = checkToken(entry.secret.trim(), reference)
    inUse = writeNote(stored)
    return { value, source: reference }
  }
  return { reference, freshness, check: () => checkNote(stored, inUse), read }
}

/** The key as it was when it was read. */
interface Use {
  readonly storedAt: string | null
}

function checkNote(stored: StoredKey, inUse: Use | undefined): void {
  const { account, upstream, stateDirectory } = stored
  if (upstream === undefined) return
  const noted = readAccount(stateDirectory, account)
  const origin = noted?.origin ?? undefined
  if (origin !== undefined && origin !== upstream) throw otherOrigin(stored, origin)
  // Whoever remembers the key asks for it again then.
  if (inUse && (origin === undefined || noted?.storedAt !== inUse.storedAt)) throw forgotten(stored)
}

function writeNote(stored: StoredKey): Use | undefined {
  const { account, upstream, stateDirectory } = stored
  if (upstream === undefined) return undefined
  const noted = readAccount(stateDirectory, account)
  const note = { account, origin: upstream, storedAt: null }
  if (!noted) addAccount(stateDirectory, note)
  else if (noted.origin === null) writeAccount(stateDirectory, note)
  // A login, or the first use in another process, may have been faster.
  const use = { storedAt: readAccount(stateDirectory, account)?.storedAt ?? null }
  checkNote(stored, use)
  return use
}

function otherOrigin(
  { account, upstream, loginCommand }: StoredKey,
  origin: string | null | undefined,
): GatewayError {
  return new GatewayError('CREDENTIAL_ORIGIN', {
    reference: `keychain:${account}`,
    stored: origin ?? 'no upstream (a login was interrupted, or another program has replaced the key)',
    upstream: upstream ?? '',
    command: loginCommand,
  })
}

function forgotten({ account, upstream }: StoredKey): GatewayError {
  return new GatewayError('CREDENTIAL_NOT_FOUND', {
    upstream: upstream ?? '',
    reason: `what was stored for keychain:${account} is there no more`,
    remedy: 'store it again with `claude-gw login`',
  })
}
