import { GatewayError } from '../base/errors.ts'
import type { CredentialSource } from './credential.ts'
import { checkToken } from './token.ts'

/**
 * The credential in a variable; the environment of a process does not change by itself.
 * @param reference how the variable is named to people: `env:NAME`, or `settings:NAME`
 */
export function environmentSource(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  reference = `env:${name}`,
): CredentialSource {
  const read = () => {
    const value = env[name]?.trim()
    if (!value) {
      throw new GatewayError('CREDENTIAL_FAILED', {
        reference,
        reason: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
        remedy: `set it: export ${name}=…`,
      })
    }
    return { value: checkToken(value, reference), source: reference }
  }
  return { current: read, refresh: async () => read() }
}
