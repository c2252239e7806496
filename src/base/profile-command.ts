import { shellWord } from './shell-word.ts'

/** `claude-gw` as it is typed for a profile, which need not be named where it is `default`. */
export function profileCommand(profile: string): string {
  return profile === 'default' ? 'claude-gw' : `claude-gw --profile ${shellWord(profile)}`
}
