import { GatewayError } from '../base/errors.ts'
import type { AuthStyle, CredentialStore } from './credential.ts'
import { checkToken } from './token.ts'

export interface Variable {
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** How it is named to people: `env:NAME`, or `settings:NAME`. */
  readonly reference?: string
  readonly style?: AuthStyle
}

/** The credential in a variable; the environment of a process does not change by itself. */
export function environmentStore(variable: Variable): CredentialStore {
  const { name, env, reference = `env:${name}`, style } = variable
  const read = () => {
    const value = env[name]?.trim()
    if (!value) {
      throw new GatewayError('CREDENTIAL_FAILED', {
        reference,
        reason: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
        remedy: `set it: export ${name}=…`,
      })
    }
    return { value: checkToken(value, reference), source: reference, ...(style && { style }) }
  }
  return { reference, freshness: 'each-use', read, check: () => void read() }
}
