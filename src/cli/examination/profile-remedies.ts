import { profileCommand } from '../../base/profile-command.ts'
import type { Check } from '../../doctor/check.ts'

const OF_A_PROFILE = /\bclaude-gw (?=(config (set|unset)|login|logout|doctor|models|run)\b)/g

/** The same checks, with remedies that mend the profile which was asked for by name. */
export function remediesFor(profile: string | undefined, checks: readonly Check[]): readonly Check[] {
  if (profile === undefined || profile === 'default') return checks
  const command = `${profileCommand(profile)} `
  return checks.map((check) => ({
    ...check,
    run: async () => {
      const finding = await check.run()
      return finding.remedy === undefined
        ? finding
        : { ...finding, remedy: finding.remedy.replace(OF_A_PROFILE, command) }
    },
  }))
}
