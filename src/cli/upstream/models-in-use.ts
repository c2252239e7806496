import type { Config } from '../../config/config.ts'
import { claudeEnvironment } from './claude-environment.ts'
import type { ClaudeSources } from './upstream.ts'

const VARIABLES = [
  'ANTHROPIC_MODEL',
  'ANTHROPIC_DEFAULT_OPUS_MODEL',
  'ANTHROPIC_DEFAULT_SONNET_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
]
const SHORT_NAME = /^(default|best|opus|sonnet|haiku|opusplan)(\[1m\])?$/i
/** The cheapest that Claude Code asks for by itself. */
const USUAL = 'claude-haiku-4-5'

/** The models that this configuration and the variables of Claude Code name, and what is sent for each. */
export function modelsInUse(
  { values }: Config,
  claude: ClaudeSources,
  chosen: string | undefined,
): readonly (readonly [asked: string, sent: string])[] {
  const aliases = values['models.aliases']
  const { env } = claudeEnvironment(claude)
  // Short names are Claude Code's own: each stands for a model of the variables below.
  const named = VARIABLES.flatMap((name) => env[name] || []).filter((name) => !SHORT_NAME.test(name))
  const asked = chosen ? [chosen] : [...new Set([...named, ...Object.keys(aliases)])]
  return (asked.length > 0 ? asked : [USUAL]).map((model) => {
    // Claude Code sends the mark of a long context as a header.
    const plain = model.replace(/\[1m\]$/, '')
    return [plain, aliases[plain] ?? plain] as const
  })
}
