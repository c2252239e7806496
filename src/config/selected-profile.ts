import { GatewayError } from '../base/errors.ts'
import type { ConfigFiles } from './config-files.ts'
import { SCHEMA } from './schema.ts'
import type { Setting } from './setting.ts'
import { shownName } from './shown-name.ts'

/**
 * The name of the profile in use. It must be one of a file, or a mistyped one would go to another upstream with another
 * key. Where no file has profiles, it may be a label: for an upstream that an option or a variable names, or where the
 * administrator says so.
 * @param given flags and variables, highest first
 * @throws GatewayError CONFIG_UNKNOWN_PROFILE
 */
export function selectProfile(given: readonly Setting[], { machine, user, project }: ConfigFiles): string {
  const files = [machine?.enforced, project, user, machine]
  const [enforced = [], ...tops] = files.map((file) => file?.top)
  const chosen = [enforced, given, ...tops]
    .flatMap((layer) => layer ?? [])
    .find(({ key }) => key === 'profile')
  const known = new Set(files.flatMap((file) => [...(file?.profiles.keys() ?? [])]))
  const standard = SCHEMA.profile.default
  if (!chosen) return standard
  const profile = chosen.value as string
  const isOnPurpose = chosen.isEnforced || given.some(({ key }) => key === 'upstream')
  const isLabel = known.size === 0 && isOnPurpose
  if (isLabel || known.has(profile) || profile === standard) return profile
  throw new GatewayError('CONFIG_UNKNOWN_PROFILE', {
    origin: chosen.origin,
    profile,
    known: [...new Set([standard, ...known])].map((name) => `\`${shownName(name)}\``).join(', '),
  })
}
