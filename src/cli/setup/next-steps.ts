import type { ChosenProfile } from './profile-choice.ts'

/** What somebody types who has just set up a profile: commands, and what each is for. */
export function nextSteps({ name, isUsual }: ChosenProfile): readonly string[] {
  const command = isUsual ? 'claude-gw' : `claude-gw --profile ${name}`
  const steps: readonly (readonly [command: string, purpose: string])[] = [
    [`${command} run`, 'Claude Code behind the gateway: in place of `claude`'],
    [`${command} doctor`, 'all that can be told about the upstream'],
    [`${command} settings`, 'for Claude Code that is started in other ways, as by an editor'],
    ...(isUsual
      ? []
      : [[`claude-gw config set profile ${name}`, 'without `--profile` from then on'] as const]),
    ['claude-gw completion', 'bash, zsh or fish: what completes the commands in your shell'],
    ['claude-gw help', 'the other commands'],
  ]
  const width = Math.max(...steps.map(([typed]) => typed.length))
  return steps.map(([typed, purpose]) => `  ${typed.padEnd(width)}  ${purpose}`)
}
