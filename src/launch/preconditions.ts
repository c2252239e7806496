import { GatewayError } from '../base/errors.ts'
import { profileCommand } from '../base/profile-command.ts'
import type { ClaudeArguments } from '../claude/arguments.ts'
import type { Environment } from '../claude/environment.ts'
import { isOn } from '../claude/environment.ts'
import type { SettingsLayer } from '../claude/layer.ts'

/**
 * Each makes Claude Code talk to a cloud provider (2.1.329). CLAUDE_CODE_USE_GATEWAY is not among them: it goes to
 * ANTHROPIC_BASE_URL with ANTHROPIC_AUTH_TOKEN, as we need it.
 */
const PROVIDER_SWITCHES = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_ANTHROPIC_AWS',
  'CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD',
]

export interface LaunchConditions {
  readonly args: ClaudeArguments
  readonly env: Environment
  /** Highest first. */
  readonly layers: readonly SettingsLayer[]
  readonly profile: string
  /** Whether a gateway that outlives this command is there for the child. */
  readonly isServed: boolean
}

/**
 * Refuses what a gateway could not carry. A background session is run by a process of Claude Code's own that this
 * command only asks to do so (https://code.claude.com/docs/en/agent-view).
 * @throws GatewayError CLOUD_PROVIDER, BACKGROUND_SESSION
 */
export function checkLaunch({ args, env, layers, profile, isServed }: LaunchConditions): void {
  if (args.kind === 'tool') return
  if (args.backgroundArgument !== undefined && !isServed) {
    const serve = `${profileCommand(profile)} serve`
    throw new GatewayError('BACKGROUND_SESSION', { argument: args.backgroundArgument, serve })
  }
  for (const variable of PROVIDER_SWITCHES) {
    const source = [...layers, { origin: 'the environment', env }].find(
      (candidate) => candidate.env[variable] !== undefined,
    )
    if (source && isOn(source.env[variable]))
      throw new GatewayError('CLOUD_PROVIDER', { origin: source.origin, variable })
  }
}
