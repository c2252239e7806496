import { GatewayError } from '../base/errors.ts'
import type { ConfigFiles } from './files.ts'
import { SCHEMA } from './schema.ts'
import type { Setting } from './setting.ts'
import { shownName } from './value-error.ts'

/**
 * The name of the profile in use. Where no file has profiles, any name does: it is a label.
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
  if (known.size === 0 || known.has(profile) || profile === standard) return profile
  throw new GatewayError('CONFIG_UNKNOWN_PROFILE', {
    origin: chosen.origin,
    profile,
    known: [...new Set([standard, ...known])].map((name) => `\`${shownName(name)}\``).join(', '),
  })
}
