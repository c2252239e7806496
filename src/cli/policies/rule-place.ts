import type { Config } from '../../config/config.ts'
import type { ConfigKey } from '../../config/schema.ts'

/** Names the key of a rule, the place where it stands, and who can change it, for whom it stopped. */
export function rulePlace({ entries, origins }: Pick<Config, 'entries' | 'origins'>, key: ConfigKey): string {
  const isEnforced = entries.some((entry) => entry.key === key && entry.isEnforced)
  const whose = isEnforced ? ', which the administrator of this machine has fixed' : ''
  return `\`${key}\` (${origins[key]})${whose}`
}
