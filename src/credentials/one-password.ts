import type { CredentialStore } from './credential.ts'
import type { HelperOptions } from './helper-store.ts'
import { helperStore } from './helper-store.ts'

/** A field in 1Password, through its own program (https://developer.1password.com/docs/cli/reference/commands/read). */
export function onePasswordStore(uri: string, options: HelperOptions): CredentialStore {
  const command = { kind: 'program', file: 'op', args: ['read', '--no-newline', uri] } as const
  return helperStore({ reference: uri, command }, options)
}
