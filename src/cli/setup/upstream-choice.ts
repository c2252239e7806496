import { GatewayError } from '../../base/errors.ts'
import type { Upstream } from '../../network/url.ts'
import { parseUpstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { resolveUpstream } from '../upstream/upstream.ts'
import type { ChosenProfile, Freedom } from './profile-choice.ts'
import { askText } from './prompt.ts'

/**
 * The upstream of a profile: the one of `--upstream` or of an administrator, else one that a person names. Offered is what the profile has, else
 * what a run would take: that of ANTHROPIC_BASE_URL, or the API itself.
 * @param context where the profile is in use @throws GatewayError LOGIN_CANCELLED, CONFIG_BAD_VALUE
 */
export async function chooseUpstream(
  context: Context,
  { upstream: former }: ChosenProfile,
  { mayAsk }: Freedom,
): Promise<Upstream> {
  const { values, origins } = context.config()
  const read = (text: string, origin: string) => parseUpstream(text, values.allowHttp, origin)
  const given = context.options.flags.upstream
  if (given !== undefined) return read(given, '--upstream')
  if (isEnforced(context)) return read(values.upstream, origins.upstream)
  const offered = former ?? resolveUpstream(context.config(), await readClaudeState(context)).name
  if (!mayAsk) return read(offered, 'init')
  const text = await askText(context, 'URL of the API or gateway', offered, (answer) =>
    faultOf(() => read(answer, 'init')),
  )
  return read(text, 'init')
}

function isEnforced(context: Context): boolean {
  return context.config().entries.some((entry) => entry.key === 'upstream' && entry.isEnforced)
}

/** What a path lost on its way into the upstream, in words. */
export function foldingNote({ url, prefix, name }: Upstream): string | undefined {
  const folded = url.pathname.replace(/\/+$/, '').slice(prefix.length)
  return folded === ''
    ? undefined
    : `\`${folded}\` is left out, since Claude Code adds it itself: the upstream is ${name}`
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof GatewayError) return error.message
    throw error
  }
}
