import { GatewayError } from '../base/errors.ts'
import type { AuthStyle, CredentialPlan } from './credential.ts'
import { environmentSource } from './environment.ts'

/** What decides about `auto`. */
export interface Surroundings {
  /** The variables that Claude Code itself would see: the process's own, with settings files over them. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether an ANTHROPIC_API_KEY may be used without being asked for; see `mayUseApiKey`. */
  readonly mayUseApiKey: boolean
}

/**
 * Turns the key `credential` into a plan: `env:NAME`, `passthrough`, or `auto` over the environment.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function planCredential(
  reference: string,
  origin: string,
  surroundings: Surroundings,
): CredentialPlan {
  const [scheme = '', name = ''] = splitReference(reference)
  if (scheme === 'passthrough' && !name) return { kind: 'passthrough' }
  if (scheme === 'auto' && !name) return planAuto(surroundings)
  if (scheme === 'env' && /^\w+$/.test(name)) return planVariable(name, surroundings.env)
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin,
    key: 'credential',
    expected: '`auto`, `passthrough` or `env:NAME`',
    value: 'what stands there (it is not shown, in case it is a secret)',
  })
}

function splitReference(reference: string): [string, string] {
  const colon = reference.indexOf(':')
  const scheme = colon === -1 ? reference : reference.slice(0, colon)
  return [scheme.toLowerCase(), colon === -1 ? '' : reference.slice(colon + 1)]
}

/** A subscriber must not be moved to paid billing silently, so an API key has conditions and a token has none. */
function planAuto({ env, mayUseApiKey }: Surroundings): CredentialPlan {
  if (env['ANTHROPIC_AUTH_TOKEN']?.trim()) return planVariable('ANTHROPIC_AUTH_TOKEN', env, 'bearer')
  if (env['ANTHROPIC_API_KEY']?.trim() && mayUseApiKey)
    return planVariable('ANTHROPIC_API_KEY', env, 'x-api-key')
  return { kind: 'passthrough' }
}

function planVariable(name: string, env: Surroundings['env'], style?: AuthStyle): CredentialPlan {
  const source = environmentSource(name, env)
  return { kind: 'inject', reference: `env:${name}`, source, withheld: [name], ...(style && { style }) }
}
