import type { ErrorCode } from '../base/errors.ts'
import { GatewayError } from '../base/errors.ts'
import type { Account } from './accounts.ts'
import { deleteAccount, readAccount, writeAccount } from './accounts.ts'
import type { Keychain } from './keychain.ts'

/** An account and the one origin that its key is for. */
export interface Destination {
  readonly stateDirectory: string
  readonly account: string
  readonly origin: string
}

/**
 * Puts a key into the keychain for one origin, in place of what is there. A gateway may read between any two steps, so
 * the account has no origin while it is open which key it finds.
 * @throws GatewayError KEYCHAIN_*, CREDENTIAL_FAILED, STATE_UNWRITABLE
 */
export async function storeKey(destination: Destination, keychain: Keychain, key: string): Promise<void> {
  const { stateDirectory, account, origin } = destination
  const before = readAccount(stateDirectory, account)
  writeAccount(stateDirectory, { account, origin: null, storedAt: null })
  try {
    await keychain.set(account, key)
  } catch (error) {
    if (mayRestore(error, before, origin)) restore(destination, before)
    throw error
  }
  writeAccount(stateDirectory, { account, origin, storedAt: new Date().toISOString() })
}

/** Notes that the key that is there is for this origin from now on. @throws GatewayError STATE_UNWRITABLE */
export function confirmKey({ stateDirectory, account, origin }: Destination): void {
  const storedAt = readAccount(stateDirectory, account)?.storedAt ?? null
  writeAccount(stateDirectory, { account, origin, storedAt })
}

/** After these the keychain may have the new key, or get it when somebody answers its prompt. */
const OPEN_ENDED: readonly ErrorCode[] = ['KEYCHAIN_SILENT', 'KEYCHAIN_FAILED']

/** Another origin must not get the new key. */
function mayRestore(error: unknown, before: Account | undefined, origin: string): boolean {
  if (!before || before.origin === origin) return true
  return error instanceof GatewayError && !OPEN_ENDED.includes(error.code)
}

function restore({ stateDirectory, account }: Destination, before: Account | undefined): void {
  if (before) writeAccount(stateDirectory, before)
  else deleteAccount(stateDirectory, account)
}
