import type { Check } from '../../doctor/check.ts'
import { skipped } from '../../doctor/check.ts'
import { factOf, known } from '../../doctor/fact.ts'
import { withPrecondition } from '../../doctor/precondition.ts'
import { upstreamChecks } from '../../doctor/upstream/checks.ts'
import { parseUpstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { modelsInUse } from '../upstream/models-in-use.ts'
import { openWay } from '../upstream/way.ts'
import type { Circumstances } from './circumstances.ts'

export interface UpstreamExamination {
  /** Skipped, with the reason, where there is no way to ask. */
  readonly checks: readonly Check[]
  readonly close: () => void
}

const NEED_NO_KEY = ['dns', 'tls', 'reach', 'redirect', 'clock']
const OWN_LOGIN =
  'Claude Code’s own login is used, which claude-gw never has; with a key of its own (`--credential`), it asks'
const NO_KEY = 'there is nothing to ask it with, see `key`'

/** Opens the way to the upstream. @param model that is asked, instead of those in use */
export async function openUpstreamExamination(
  context: Context,
  circumstances: Circumstances,
  model: string | undefined,
): Promise<UpstreamExamination> {
  const way = await factOf(() => open(context, circumstances, model))
  if (way.isKnown) return way.value
  const upstream = parseUpstream('https://api.anthropic.com', false, 'default')
  const ask = () => Promise.reject(way.error)
  const checks = upstreamChecks({ ask, upstream, isProxied: false, models: [], nowMs: Date.now })
  const run = () => skipped(obstacleIn(circumstances))
  return { checks: checks.map((check) => ({ ...check, run })), close: () => {} }
}

function open(
  context: Context,
  circumstances: Circumstances,
  model: string | undefined,
): UpstreamExamination {
  const [config, claude] = [known(circumstances.config), known(circumstances.claude)]
  const [upstream, secrets] = [known(circumstances.upstream), known(circumstances.secrets)]
  const { credentials } = secrets
  const { ask, isProxied, close } = openWay(context, { config, claude, upstream, secrets, credentials })
  const models = modelsInUse(config, claude, model)
  const all = upstreamChecks({ ask, upstream, isProxied, models, nowMs: Date.now })
  const checks = credentials.kind === 'passthrough' ? withoutKey(all) : all
  const isKeyless = async () =>
    circumstances.keychain.hasFailed() || !(await factOf(secrets.prefetch)).isKnown
  const findObstacle = async () => ((await isKeyless()) ? NO_KEY : undefined)
  return { checks: withPrecondition(checks, findObstacle), close }
}

/** The login of Claude Code goes through untouched, and is nothing that can be shown here. */
function withoutKey(checks: readonly Check[]): readonly Check[] {
  return checks.map((check) =>
    NEED_NO_KEY.includes(check.id) || check.cost === 'nothing'
      ? check
      : { ...check, run: () => skipped(OWN_LOGIN) },
  )
}

/** Which check tells why there is no way to ask. */
function obstacleIn({ config, claude, upstream, secrets }: Circumstances): string {
  if (config.isKnown && !claude.isKnown) return 'the state folder cannot be used, see `state`'
  if (!upstream.isKnown) return 'the configuration cannot be used, see `config`'
  return secrets.isKnown
    ? 'there is no way to it, see `proxy`'
    : 'it cannot be asked, see `certificates` and `key`'
}
