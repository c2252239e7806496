import type { Keychain } from '../../credentials/keychain.ts'
import type { Upstream } from '../../network/url.ts'
import type { Freedom } from './profile-choice.ts'

/** Where the key of a profile comes from. */
export interface ChosenCredential {
  /** As the configuration names it. */
  readonly reference: string
  /** What the keychain shall have for this upstream; `isStored` where it is there already. */
  readonly key?: { readonly account: string; readonly secret: string; readonly isStored: boolean }
}

export interface CredentialQuestion extends Freedom {
  readonly upstream: Upstream
  readonly keychain: Keychain
  /** The reference that the profile has for this upstream so far. */
  readonly former: string | undefined
  /** Takes the key from stdin. */
  readonly isKeyStdin: boolean
}

/** The account of the profile, so that no other profile gets this key where the reference counts for it too. */
export const OWN_ACCOUNT = 'keychain:'
