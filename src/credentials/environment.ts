import { GatewayError } from '../base/errors.ts'
import type { CredentialSource } from './credential.ts'
import { checkToken } from './token.ts'

/** The credential in an environment variable; the environment of a process does not change by itself. */
export function environmentSource(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): CredentialSource {
  const read = () => {
    const value = env[name]?.trim()
    if (!value) {
      throw new GatewayError('CREDENTIAL_FAILED', {
        reference: `env:${name}`,
        reason: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
        remedy: `set it: export ${name}=…`,
      })
    }
    return { value: checkToken(value, `env:${name}`), source: `env:${name}` }
  }
  return { current: read, refresh: async () => read() }
}
