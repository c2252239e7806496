import type { CredentialStore } from './credential.ts'
import type { HelperOptions } from './helper-store.ts'
import { helperStore } from './helper-store.ts'

export interface VaultField {
  readonly path: string
  readonly field: string
}

/**
 * A field of a secret in HashiCorp Vault, through its own program
 * (https://developer.hashicorp.com/vault/docs/commands/kv/get).
 */
export function vaultStore({ path, field }: VaultField, options: HelperOptions): CredentialStore {
  const command = { kind: 'program', file: 'vault', args: ['kv', 'get', `-field=${field}`, path] } as const
  const machine = { ...options.machine, env: withoutFormat(options.machine.env) }
  return helperStore({ reference: `vault:${path}#${field}`, command }, { ...options, machine })
}

/** With `VAULT_FORMAT=json` even a single field would be printed in quotes. */
function withoutFormat(env: HelperOptions['machine']['env']): HelperOptions['machine']['env'] {
  return { ...env, VAULT_FORMAT: undefined }
}
