import { commandName } from './command-name.ts'
import type { CredentialStore } from './credential.ts'
import type { HelperOptions } from './helper-store.ts'
import { helperStore } from './helper-store.ts'

/** What a line for the system's shell prints. */
export function commandStore(line: string, options: HelperOptions): CredentialStore {
  const name = commandName(line)
  const reference = name === undefined ? 'command' : `command:${name}`
  return helperStore({ reference, command: { kind: 'shell', line } }, options)
}
