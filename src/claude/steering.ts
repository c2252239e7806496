import { GatewayError } from '../base/errors.ts'
import type { PlacesInput } from './places.ts'
import { repositorySettings } from './repository-settings.ts'

/** What decides where we look, and what `auto` finds. */
const STEERING =
  /^(XDG_(CONFIG|STATE)_HOME|HOME|USERPROFILE|(LOCAL)?APPDATA|PATH|VAULT_\w+|OP_\w+|ANTHROPIC_(AUTH_TOKEN|API_KEY))$/i

/**
 * Refuses to go on where a repository's settings may have set our environment: from its second call on, Claude Code
 * gives its helper the variables that they name (measured).
 * @throws GatewayError REPOSITORY_CONFIGURES
 */
export async function refuseSteering(input: PlacesInput): Promise<void> {
  const isSteered = ([name, value]: [string, string]) =>
    /^CLAUDE_GW_(?!TAGS$)/i.test(name) || (STEERING.test(name) && input.env[name] === value)
  for (const { origin, env } of await repositorySettings(input)) {
    const found = Object.entries(env).find(isSteered)
    if (found) throw new GatewayError('REPOSITORY_CONFIGURES', { origin, variable: found[0] })
  }
}

/**
 * Refuses a repository that leads Claude Code elsewhere than to the upstream that a credential is for.
 * @throws GatewayError REPOSITORY_CONFIGURES
 */
export async function refuseElsewhere(input: PlacesInput, upstream: string): Promise<void> {
  for (const { origin, env } of await repositorySettings(input)) {
    const url = env['ANTHROPIC_BASE_URL']
    if (url && originOf(url) !== originOf(upstream))
      throw new GatewayError('REPOSITORY_CONFIGURES', { origin, variable: 'ANTHROPIC_BASE_URL' })
  }
}

/** Of a base URL; of what is no URL the text itself. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
