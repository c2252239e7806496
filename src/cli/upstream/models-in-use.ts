import type { Config } from '../../config/config.ts'
import type { ModelInUse } from '../../doctor/upstream/model-in-use.ts'
import { claudeEnvironment } from './claude-environment.ts'
import type { ClaudeSources } from './upstream.ts'

/** Those that decide which model Claude Code begins with. */
const FIRST_VARIABLES = ['ANTHROPIC_MODEL', 'ANTHROPIC_DEFAULT_OPUS_MODEL']
const VARIABLES = [
  ...FIRST_VARIABLES,
  'ANTHROPIC_DEFAULT_SONNET_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
]
const SHORT_NAME = /^(default|best|opus|sonnet|haiku|opusplan)(\[1m\])?$/i
/** The cheapest that Claude Code asks for by itself. */
const CHEAPEST = 'claude-haiku-4-5'
/** What Claude Code 2.1.329 begins with. */
const OWN_CHOICE = 'claude-opus-5-5'

/**
 * The models that this configuration and the variables of Claude Code name, and the one that it takes where none of them says which; the first is the one to
 * ask other things.
 */
export function modelsInUse(
  { values }: Config,
  claude: ClaudeSources,
  chosen: string | undefined,
): readonly ModelInUse[] {
  const aliases = values['models.aliases']
  const { env } = claudeEnvironment(claude)
  const inUse = (model: string, isOwnChoice = false): ModelInUse => {
    // Claude Code sends the mark of a long context as a header.
    const asked = model.replace(/\[1m\]$/, '')
    return { asked, sent: aliases[asked] ?? asked, isOwnChoice }
  }
  if (chosen) return [inUse(chosen)]
  // Short names are Claude Code's own: each stands for a model of the variables.
  const told = [...VARIABLES.map((name) => env[name]), claude.model].flatMap((name) => name || [])
  const named = told.filter((name) => !SHORT_NAME.test(name))
  const asked = new Set([...named, ...Object.keys(aliases)])
  const isTold = claude.model || FIRST_VARIABLES.some((name) => env[name]) || asked.has(OWN_CHOICE)
  const models = [...(asked.size > 0 ? asked : [CHEAPEST])].map((name) => inUse(name))
  return isTold ? models : [...models, inUse(OWN_CHOICE, true)]
}
