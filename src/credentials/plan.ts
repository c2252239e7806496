import { GatewayError } from '../base/errors.ts'
import type { AuthStyle, CredentialPlan } from './credential.ts'
import { environmentSource } from './environment.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What decides about `auto`. */
export interface Surroundings {
  readonly env: Variables
  /** The `env` of the settings files that Claude Code lets choose a credential; it goes before the environment. */
  readonly settingsEnv?: Variables
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
  if (scheme === 'env' && /^\w+$/.test(name)) return planVariable(name, surroundings.env, 'env')
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
function planAuto({ env, settingsEnv = {}, mayUseApiKey }: Surroundings): CredentialPlan {
  const places = { settings: settingsEnv, env }
  const token = findPlace('ANTHROPIC_AUTH_TOKEN', places)
  if (token) return planVariable('ANTHROPIC_AUTH_TOKEN', places[token], token, 'bearer')
  const key = mayUseApiKey ? findPlace('ANTHROPIC_API_KEY', places) : undefined
  if (key) return planVariable('ANTHROPIC_API_KEY', places[key], key, 'x-api-key')
  return { kind: 'passthrough' }
}

type Place = 'settings' | 'env'

function findPlace(name: string, places: Readonly<Record<Place, Variables>>): Place | undefined {
  return (['settings', 'env'] as const).find((place) => places[place][name]?.trim())
}

function planVariable(name: string, variables: Variables, place: Place, style?: AuthStyle): CredentialPlan {
  const reference = `${place}:${name}`
  const source = environmentSource(name, variables, reference)
  return { kind: 'inject', reference, source, withheld: [name], ...(style && { style }) }
}
